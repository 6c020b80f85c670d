// An embedded Harbor in a process of its own, so that its memory and its time are not counted as ours.
import { createHash } from 'node:crypto';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPermissions } from '../sandbox/sample-registry.ts';
import { type HistoryLine, readHistory, seedHistory } from '../sandbox/seed-history.ts';

export interface HarborInput {
  /**
   * Share of the repositories of the history, by their names; or so many single-platform images in one repository;
   * or so many artifacts of all kinds, children of indexes included, spread over so many repositories;
   * or so many images to be deleted in each of four projects.
   */
  readonly seed:
    | { readonly history: number }
    | { readonly images: number }
    | { readonly mixed: number; readonly repositories: number }
    | { readonly condemned: number };
  /** What a list takes, in ms. */
  readonly readMs?: number;
  /** What a page of artifacts takes instead, at least and at most. */
  readonly pageMs?: readonly [number, number];
  /** What copying and deleting one take, in ms. */
  readonly changeMs?: { readonly copy: number; readonly delete: number };
}

export interface HarborAnswer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly now: number;
}

/** The history ends here; nobody pushes any more. */
const now = Date.UTC(2026, 7, 22);
const day = 86_400_000;
const projects = 12;

const numberOf = (name: string): number =>
  createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;

/** Whole repositories, so that a smaller registry looks like a larger one. */
function shareOf(lines: readonly HistoryLine[], share: number): Iterable<HistoryLine> {
  const pushes = new Map<string, number>();
  for (const { repo } of lines) pushes.set(repo, (pushes.get(repo) ?? 0) + 1);
  let left = lines.length * share;
  const chosen = new Set<string>();
  for (const repo of [...pushes.keys()].toSorted((a, b) => numberOf(a) - numberOf(b))) {
    if (left <= 0) break;
    chosen.add(repo);
    left -= pushes.get(repo) ?? 0;
  }
  return lines.filter(({ repo }) => chosen.has(repo));
}

function seedImages(harbor: EmbeddedHarbor, count: number): void {
  harbor.seed.project('team');
  for (let index = 0; index < count; index += 1) {
    const pushedAt = now - 400 * day + index * 60_000;
    harbor.seed.push({ project: 'team', repository: 'app', tags: [`ci-${index}`], pushedAt });
  }
}

/** Deleted one after the other by nobody but a loop, and by us; each without and with a copy in the trash. */
export const deletionProjects = ['loop', 'loop-copies', 'ours', 'ours-copies'] as const;

function seedCondemned(harbor: EmbeddedHarbor, count: number): void {
  harbor.seed.project('retention-trash');
  for (const project of deletionProjects) {
    harbor.seed.project(project);
    for (let index = 0; index < count; index += 1) {
      const pushedAt = now - 400 * day + index * 60_000;
      harbor.seed.push({
        project,
        repository: `app-${index % 4}`,
        tags: [`ci-${index}`],
        pushedAt,
      });
    }
  }
}

const perProject = 100;

/** Of eight pushes one is an index of two platforms, one is signed, one has no tag. */
function seedMixed(
  harbor: EmbeddedHarbor,
  { mixed, repositories }: { readonly mixed: number; readonly repositories: number },
): void {
  let left = mixed;
  for (let index = 0; left > 0; index += 1) {
    const repository = index % repositories;
    const project = `team-${Math.floor(repository / perProject)}`;
    if (index < repositories && repository % perProject === 0) harbor.seed.project(project);
    const kind = Math.floor(index / repositories) % 8;
    const pushedAt = now - 400 * day + Math.floor((index / mixed) * 399 * day);
    harbor.seed.push({
      project,
      pushedAt,
      repository: `service-${repository}/image`,
      tags: kind === 2 ? [] : [`ci-${index}`, `sha-${index.toString(16)}`],
      ...(kind === 7 && left > 2 ? { platforms: 2 } : {}),
      ...(kind === 3 ? { accessories: [{ type: 'signature.cosign', size: 4_000 }] } : {}),
    });
    left -= kind === 7 && left > 2 ? 3 : 1;
  }
}

const input = JSON.parse(process.argv[2] ?? '{}') as HarborInput;
const { readMs, pageMs, changeMs } = input;
const isSlow = readMs !== undefined || changeMs !== undefined;
const harbor = await startHarbor({
  now: () => now,
  rememberRequests: 0,
  ...(isSlow
    ? {
        delays: {
          readMs: readMs ?? 0,
          ...(pageMs === undefined ? {} : { pageMs }),
          copyMs: changeMs?.copy ?? 0,
          deleteMs: changeMs?.delete ?? 0,
        },
      }
    : {}),
});
if ('images' in input.seed) seedImages(harbor, input.seed.images);
else if ('mixed' in input.seed) seedMixed(harbor, input.seed);
else if ('condemned' in input.seed) seedCondemned(harbor, input.seed.condemned);
else {
  const projectOf = (repository: string): string =>
    `team-${Math.floor(numberOf(repository) * projects)}`;
  seedHistory(harbor, shareOf(readHistory(), input.seed.history), { projectOf });
}
const robot = harbor.seed.robot({ name: 'bench', permissions: applyPermissions });
const answer: HarborAnswer = {
  url: harbor.url,
  username: robot.username,
  password: robot.secret,
  now,
};
process.send?.(answer);
process.once('disconnect', () => void harbor.close());
