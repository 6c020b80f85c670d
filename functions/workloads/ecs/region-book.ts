import type { FindingsBook } from '../findings.ts';
import { imageUse, type Registries, type SeenImage } from '../image-use.ts';
import { isGone, refusedBy } from './aws-failure.ts';
import type { EcsApi } from './ecs-api.ts';
import { taskDefinitionName } from './task-definition.ts';

/** Why a task definition is described: what would start it. */
export type Wanted = ReadonlyMap<string, string>;

/** What is found in one region, and which task definitions are to be described. */
export interface RegionBook {
  /** Adds what was seen running, or would start. */
  readonly see: (images: readonly SeenImage[]) => void;
  /** Notes that a task definition is used. @param by for people */
  readonly want: (taskDefinition: string, by: string) => void;
  /** By what they were written as. */
  readonly wanted: () => Wanted;
  /**
   * Does something, or notes what is missing if AWS refuses; undefined then. What was deleted meanwhile is not missing.
   */
  readonly attempt: <T>(
    what: string,
    action: string,
    work: () => Promise<T>,
  ) => Promise<T | undefined>;
  readonly miss: (what: string, because: string, remedy: string) => void;
}

/** Notes what one region has in the book of all. */
export function newRegionBook(
  book: FindingsBook,
  { region, account }: Pick<EcsApi, 'region' | 'account'>,
  registries: Registries,
): RegionBook {
  const wanted = new Map<string, string>();
  const miss: RegionBook['miss'] = (what, because, remedy) =>
    book.add({ missing: [{ what: `${what} in ${region}`, because, remedy }] });
  return {
    see: (images) => {
      for (const one of images) book.add(imageUse(one, registries));
    },
    want: (taskDefinition, by) => {
      const name = taskDefinitionName(taskDefinition);
      const shown = JSON.stringify(taskDefinition.slice(0, 200));
      const what = `the task definition of ${by}`;
      if (name === undefined) {
        miss(what, `${shown} is no task definition`, 'Correct what names it.');
      } else if (name.place !== undefined && name.place !== `${region}:${account}`) {
        miss(what, `${shown} lies elsewhere`, 'Let it name one of its own account and region.');
      } else if (!wanted.has(taskDefinition)) wanted.set(taskDefinition, by);
    },
    wanted: () => wanted,
    attempt: async (what, action, work) => {
      try {
        return await work();
      } catch (error) {
        if (isGone(error)) return undefined;
        book.add({ missing: [refusedBy(error, `${what} in ${region}`, action)] });
        return undefined;
      }
    },
    miss,
  };
}
