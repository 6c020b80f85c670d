// Nights of a roll-out in which somebody pulls, restores, pushes, acknowledges, or does nothing, in random order. What a
// run may do is worked out from what was done, and from nothing that the runs remember.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { day } from '../../functions/domain/duration.ts';
import { formatInstant } from '../../functions/domain/instant.ts';
import { restoreRun, type RestoreRequest } from '../../functions/phases/restore-run.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { createRandom, type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  reportIn,
  runToEnd,
  type TestWorld,
  unlimited,
  worldAround,
} from '../support/run-world.ts';

const accept = 'application/vnd.oci.image.manifest.v1+json';
const lasts = 4 * day;
// By their names, api and f are in the first tenth, and a and web are not.
const first = ['api', 'f'];
const repositories = [...first, 'a', 'web'];

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let startedAt: number;
let world: TestWorld;
let pushed: number;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  store = memoryStore();
  pushed = 0;
  for (const repository of repositories) for (let n = 0; n < 3; n += 1) push(repository);
  startedAt = harbor.clock.now() + day / 2;
  const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 60d }
rollout: { startedAt: "${formatInstant(startedAt)}", over: 4d }
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;
  world = worldAround(harbor, { policy, store });
});
afterEach(() => harbor.close());

/** Something that is old already. */
function push(repository: string): void {
  pushed += 1;
  const pushedAt = harbor.clock.now() - 90 * day + pushed;
  harbor.seed.push({ project: 'team', repository, tags: [`ci-${pushed}`], pushedAt, size: pushed });
}

const copies = () => harbor.state.artifacts('retention-trash');

async function pull({
  repository,
  digest,
}: {
  readonly repository: string;
  readonly digest: string;
}) {
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const url = `${harbor.url}/v2/${repository}/manifests/${digest}`;
  expect((await fetch(url, { headers: { authorization, accept } })).status).toBe(200);
  harbor.clock.advance(60_000);
}

const restoring = (digest: string): RestoreRequest => ({
  from: { kind: 'trash', project: 'retention-trash' },
  only: (_place, { digest: one }) => one === digest,
  named: [],
  apply: true,
  owner: 'test',
});

/** Something that somebody may do in a day, and the sign that it leaves. */
async function doSomething(random: () => number): Promise<string | undefined> {
  const some = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];
  const deed = some(['pull', 'restore', 'push', 'push', 'nothing']);
  const copy = some(copies());
  if (deed === 'push') push(some(repositories) ?? 'api');
  if (copy === undefined || deed === 'push' || deed === 'nothing') return undefined;
  if (deed === 'pull') await pull(copy);
  else await restoreRun(restoring(copy.digest), world, unlimited);
  return `${deed} ${copy.digest}`;
}

const notFirst = (): number =>
  harbor.state.artifacts('team').filter((one) => /team\/(a|web)$/.test(one.repository)).length;

async function night(acknowledge: readonly string[]): Promise<Report> {
  const runId = `${formatInstant(harbor.clock.now()).slice(0, 19).replaceAll(':', '')}Z`;
  await runToEnd(world, { ...armed, runId, acknowledge });
  return reportIn(store);
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async (seed) => {
  const random = createRandom(seed);
  const signs = new Set<string>();
  const excused = new Set<string>();
  let shown: { readonly fingerprint: string; readonly signs: readonly string[] } | undefined;
  for (let nights = 1; nights <= 12; nights += 1) {
    const sign = await doSomething(random);
    if (sign !== undefined) signs.add(sign);
    const says = shown !== undefined && random() < 0.4 ? shown : undefined;
    for (const one of says?.signs ?? []) excused.add(one);
    const now = harbor.clock.now();
    const isHeld = shown !== undefined && says === undefined;
    const phase = now < startedAt ? 'before' : now < startedAt + lasts || isHeld ? 'first' : 'all';
    const open = [...signs].filter((one) => !excused.has(one));
    const isRefused = phase !== 'before' && open.length > 0;
    const before = notFirst();
    const { run, rollOut, applied, refusals } = await night(
      says === undefined ? [] : [says.fingerprint],
    );
    expect([run.end, rollOut?.phase]).toEqual([isRefused ? 'refused' : 'finished', phase]);
    if (isRefused) expect(applied?.deleted).toBe(0);
    if (isRefused || phase !== 'all') expect(notFirst()).toBe(before);
    // Let through in its last phase, it leaves one image in each of the others, and those that are back.
    else expect(rollOut?.waiting.artifacts).toBe(0);
    shown = isRefused ? { fingerprint: refusals[0]?.fingerprint ?? '', signs: open } : undefined;
    harbor.clock.advance(day);
  }
});
