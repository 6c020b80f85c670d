import PQueue from 'p-queue';
import type { WorkloadRole } from '../../domain/workload-list.ts';
import type { EcsApi } from './ecs-api.ts';
import type { RegionBook } from './region-book.ts';
import { rollBackRevisions, taskDefinitionName } from './task-definition.ts';

export interface RevisionChoice {
  /** Revisions that are held for rolling back, the one that one would roll back from included. */
  readonly revisions: number;
  /** `used`: of families that something uses; `all`: of every active one, as anybody may start it. */
  readonly families: 'used' | 'all';
}

/** Describing is one call for each, so some go at the same time; ECS allows about 20 in a second. */
const concurrency = 4;

/** Describes the task definitions that are wanted, and those that one would roll back to. */
export async function lookAtTaskDefinitions(
  api: EcsApi,
  book: RegionBook,
  choice: RevisionChoice,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  const wanted = book.wanted();
  const revisionsOf = usedRevisions([...wanted.keys()]);
  const active =
    choice.families === 'all'
      ? await book.attempt('task definitions', 'ecs:ListTaskDefinitionFamilies', api.families)
      : [];
  const families = new Set([...revisionsOf.keys(), ...(active ?? [])]);
  const described = new Set(wanted.keys());
  await queue.addAll(
    [...wanted].map(
      ([name, by]) =>
        () =>
          describe(api, book, { name, by, role: 'may-start' }),
    ),
  );
  await queue.addAll(
    [...families].map((family) => async () => {
      const chosen = await book.attempt(
        `task definitions of family ${family}`,
        'ecs:ListTaskDefinitions',
        () =>
          rollBackRevisions(
            api.activeRevisions(family),
            revisionsOf.get(family) ?? [],
            choice.revisions,
          ),
      );
      for (const [index, name] of (chosen ?? []).entries()) {
        if (described.has(name)) continue;
        described.add(name);
        const by = `task definition ${name.slice(name.lastIndexOf('/') + 1)}`;
        // The newest is what starts if a family is named without a revision.
        const role = index === 0 ? 'may-start' : 'roll-back';
        await describe(api, book, { name, by, role });
      }
    }),
  );
}

function usedRevisions(names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const used = new Map<string, number[]>();
  for (const name of names) {
    const { family, revision } = taskDefinitionName(name) ?? {};
    if (family === undefined) continue;
    const known = used.get(family) ?? [];
    if (revision !== undefined) known.push(revision);
    used.set(family, known);
  }
  return used;
}

async function describe(
  api: EcsApi,
  book: RegionBook,
  { name, by, role }: { readonly name: string; readonly by: string; readonly role: WorkloadRole },
): Promise<void> {
  const { family, revision } = taskDefinitionName(name) ?? {};
  // Without a revision the name of the family asks for the newest one.
  const asked = revision === undefined ? (family ?? name) : name;
  const images = await book.attempt(
    `task definition ${name.slice(name.lastIndexOf('/') + 1)}`,
    'ecs:DescribeTaskDefinition',
    () => api.images(asked),
  );
  book.see((images ?? []).map((image) => ({ image, digest: undefined, by, role })));
}
