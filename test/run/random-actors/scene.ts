import { restoreSlice } from '../../../functions/restore.ts';
import { markerTag, restoredTag } from '../../../functions/domain/trash.ts';
import type { RunRequest } from '../../../functions/ports.ts';
import type { Random } from '../../sandbox/harbor/random.ts';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import type { Scene as MarkableScene } from '../../support/marked-scene.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type Call, laterRun, type sleepyStopwatch } from '../../support/other-actors.ts';
import { armed, runToEnd, unlimited, worldAround } from '../../support/run-world.ts';

export const day = 86_400_000;
export const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team", "shop"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
    untag: true
  - name: leftovers
    select: { projects: ["team"], untagged: true }
    keep: { pushedWithin: 30d }
`;
export const trash = 'retention-trash';
export const earlier: RunRequest = { ...armed, owner: 'earlier' };
export const request: RunRequest = { ...earlier, runId: '2026-12-06T033000Z', owner: 'execution' };

export interface Image {
  readonly project: string;
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  /** Nothing hangs on it, so that it can be pushed again by its digest. */
  readonly isPlain: boolean;
}

/** What names an artifact in its place. */
export type Named = Omit<Image, 'tags' | 'isPlain'>;

export interface Scene extends MarkableScene {
  /** What the run deletes or takes a tag from. */
  readonly images: readonly [Image, ...Image[]];
  /** Who works by hand, under an account of their own. */
  readonly somebody: { readonly username: string; readonly password: string };
}

export async function scene(): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const name of ['team', 'shop', trash]) harbor.seed.project(name);
  const user = harbor.seed.user({ username: 'somebody', isAdmin: true });
  const store = memoryStore();
  const images: Image[] = [];
  let size = 100;
  const push = (at: string, tags: readonly string[], more: object = {}): void => {
    const [project = '', repository = ''] = at.split('/');
    const pushedAt = harbor.clock.now() - 90 * day;
    const place = { project, repository };
    size += 1;
    const { digest } = harbor.seed.push({ ...place, tags, pushedAt, size, ...more });
    images.push({ ...place, digest, tags, isPlain: Object.keys(more).length === 0 });
  };
  // Deleted and restored once: its copy lies in the trash, marked.
  push('team/web', ['ci-1']);
  await runToEnd(worldAround(harbor, { policy, store }), earlier);
  harbor.clock.advance(day);
  const back = { runId: earlier.runId, only: [], apply: true, owner: 'operator' };
  await restoreSlice(back, worldAround(harbor, { policy, store }), unlimited);
  harbor.clock.advance(40 * day);
  push('team/api', ['ci-1']);
  push('team/api', ['ci-2', 'ci-3']);
  push('team/api', ['ci-4'], { platforms: 2, accessories: [{ type: 'signature.cosign' }] });
  push('team/api', ['ci-5', 'v1']);
  push('team/api', []);
  push('shop/web', ['ci-1']);
  for (const repository of ['api', 'web'])
    harbor.seed.push({ project: 'team', repository, tags: ['v2'], size: 900 });
  harbor.seed.push({ project: 'shop', repository: 'web', tags: ['v2'], size: 900 });
  const [first, ...others] = images;
  if (first === undefined) throw new Error('no image');
  const somebody = { username: user.username, password: user.secret };
  return { harbor, store, images: [first, ...others], somebody };
}

/** What is known while something is disturbed. */
export interface Around {
  readonly scene: Scene;
  readonly stopwatch: ReturnType<typeof sleepyStopwatch>;
  readonly random: Random;
  /** All calls so far. */
  readonly calls: Call[];
  /** Where each tag that somebody cares for has to be: `project/repository:tag` and a digest, and when it came there. */
  readonly wishes: Map<string, { readonly digest: string; readonly number: number }>;
  /** `project/repository@digest` of what others deleted, in its place or in the trash, and when. */
  readonly deleted: {
    readonly name: string;
    readonly number: number;
    readonly wasBacked: boolean;
  }[];
  /** Work that Harbor still has to do: answers that were lost before it was done. */
  readonly late: { readonly due: number; readonly work: () => Promise<unknown> }[];
  /** What has to be undone when all is over. */
  readonly repairs: (() => void)[];
}

export const nameOf = ({ project, repository, digest }: Named): string =>
  `${project}/${repository}@${digest}`;
export const copyOf = ({ project, repository }: Image) => ({
  project: trash,
  repository: `${project}/${repository}`,
});
export const rowIn = (harbor: EmbeddedHarbor, { project, repository, digest }: Named) =>
  harbor.state.artifacts(project, repository).find((one) => one.digest === digest);
export const isThere = ({ scene: { harbor } }: Around, image: Image): boolean =>
  rowIn(harbor, image) !== undefined;
/** A copy that was restored backs nothing, and its days may be over, until a run needs it again and marks it so. */
export const isBacked = ({ scene: { harbor } }: Around, image: Image): boolean => {
  const copy = rowIn(harbor, { ...image, ...copyOf(image) });
  if (copy === undefined) return false;
  const isNeeded = [request.runId, laterRun].some((run) =>
    copy.tags.includes(markerTag(image.digest, run)),
  );
  return isNeeded || !copy.tags.includes(restoredTag(image.digest));
};
