import type { RunRequest } from '../../functions/ports.ts';
import { restoreRun } from '../../functions/phases/restore-run.ts';
import { type EmbeddedHarbor, type RobotPermission, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { armed, dryRun, reportIn, rowsIn, runToEnd, unlimited, worldAround } from './run-world.ts';

const day = 86_400_000;

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export const scenePolicy = `version: 1
limits: { maxDeletionsPercent: 90 }
protect: { labels: [keep, keep-here] }
rules:
  - name: old-builds
    select: { projects: [team, web], tags: ['ci-*'] }
    keep: { pushedWithin: 30d }
    untag: true
  - name: untagged
    select: { projects: [team, web], untagged: true }
    keep: { pushedWithin: 30d }
`;

const later: RunRequest = { ...armed, runId: '2026-12-06T033000Z' };

interface Scene {
  readonly harbor: EmbeddedHarbor;
  readonly store: MemoryStore;
  /** Left out: the administrator. */
  readonly credential?: Credential;
  readonly policy: string;
}

const world = ({ harbor, store, credential, policy }: Scene) =>
  worldAround(harbor, { policy, store, ...(credential && { credential }) });

/** Something of everything that a permission is for. */
export async function registry(version: string): Promise<EmbeddedHarbor> {
  const harbor = await startHarbor({ version });
  const { seed, clock } = harbor;
  for (const name of ['team', 'web', 'retention-trash']) seed.project(name);
  seed.immutableRule('web', { tags: 'ci-9' });
  seed.retentionPolicy('web', { rules: [], cron: '' });
  seed.replicationPolicy({ name: 'mirror', names: ['web/**'], trigger: 'event_based' });
  const everywhere = seed.label({ name: 'keep' });
  const here = seed.label({ name: 'keep-here', project: 'team' });
  const audited = seed.label({ name: 'audited', project: 'team' });
  const pushedAt = clock.now() - 90 * day;
  const push = (repository: string, tags: string[], more: object = {}) =>
    seed.push({ project: 'team', repository, tags, pushedAt, size: 1_000, ...more });
  push('api', ['ci-1'], { labels: [audited], pulledAt: clock.now() - 40 * day });
  push('api', ['ci-2', 'release']);
  push('api', ['ci-3'], { platforms: 2, accessories: [{ type: 'signature.cosign' }] });
  push('api', ['ci-4'], { labels: [everywhere] });
  push('api', ['ci-5'], { labels: [here] });
  push('api', []);
  push('api', ['v1'], { pushedAt: clock.now() - 2 * day, pulledAt: clock.now() - day });
  // A child without a platform may hide an index: its repository is listed and looked at once more.
  push('api', ['bundle'], { children: [{ size: 10 }] });
  push('tools/lint', ['ci-1']);
  push('tools/lint', ['v1']);
  for (const tag of ['ci-1', 'ci-9', 'v1'])
    seed.push({ project: 'web', repository: 'site/front', tags: [tag], pushedAt, size: 1_000 });
  return harbor;
}

/** What nobody chose, and what time costs. */
const accidental = new Set(
  'requests durationsMs planId sha256 bytes harbor parts records fingerprint trend slices'.split(
    ' ',
  ),
);

const lasting = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (accidental.has(key) ? undefined : inner)),
  );

async function reported({ harbor, store }: Scene): Promise<unknown> {
  const report = reportIn(store);
  return lasting([report, await rowsIn(store, report), harbor.state.artifacts('team')]);
}

const collecting = (policy: string): string => `${policy}garbageCollection: { mode: run }\n`;
const removing = (policy: string): string =>
  `${policy}repositories: { removeEmpty: { olderThan: 30d } }\n`;

/** As the administrator. */
function ask(harbor: EmbeddedHarbor, path: string, request: RequestInit = {}): Promise<Response> {
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  return fetch(`${harbor.url}/api/v2.0${path}`, { ...request, headers });
}

async function usedByTrash(harbor: EmbeddedHarbor): Promise<number> {
  const answer = await ask(harbor, '/quotas?reference=project&page_size=100');
  const quotas = (await answer.json()) as { ref: { name: string }; used: { storage: number } }[];
  return quotas.find(({ ref }) => ref.name === 'retention-trash')?.used.storage ?? 0;
}

/** Deletes a repository's artifacts, and leaves it empty. */
async function empty(harbor: EmbeddedHarbor): Promise<void> {
  const artifacts = '/projects/team/repositories/tools%252Flint/artifacts';
  for (const { digest } of harbor.state.artifacts('team', 'tools/lint'))
    await ask(harbor, `${artifacts}/${digest}`, { method: 'DELETE' });
}

async function afterOneRun({ harbor, store, policy }: Scene): Promise<void> {
  await runToEnd(world({ harbor, store, policy }), armed);
}

/** What each row of the table is for, done with a credential; answers everything that can be seen of it. */
export const scenes: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'a dry run': async (scene) => {
    const { harbor } = scene;
    await runToEnd(world(scene), { ...dryRun, runId: '2026-11-20T033000Z' });
    const first = await reported(scene);
    await afterOneRun(scene);
    harbor.clock.advance(15 * day);
    harbor.seed.quota('retention-trash', Math.ceil((await usedByTrash(harbor)) * 1.1));
    harbor.faults.on('labels-unread', { path: /projects\/team\/.*with_label=true/ });
    await runToEnd(world(scene), { ...later, mode: 'dry-run' });
    return [first, await reported(scene)];
  },
  'telling that the robot expires': async (scene) => {
    await runToEnd(world(scene), dryRun);
    return await reported(scene);
  },
  'telling exactly what is freed': async (scene) => {
    const ledger = { maxRequests: 500 };
    await runToEnd({ ...world(scene), ledger }, dryRun);
    return await reported(scene);
  },
  'deleting into the trash': async (scene) => {
    await runToEnd(world(scene), armed);
    return await reported(scene);
  },
  'purging the trash': async (scene) => {
    await afterOneRun(scene);
    scene.harbor.clock.advance(15 * day);
    await runToEnd(world(scene), later);
    return await reported(scene);
  },
  restoring: async (scene) => {
    await afterOneRun(scene);
    const request = {
      from: { kind: 'run', runId: armed.runId },
      only: () => true,
      named: [],
      apply: true,
      owner: 'test',
    } as const;
    const report = await restoreRun(request, world(scene), unlimited);
    return lasting([report, scene.harbor.state.artifacts('team')]);
  },
  'putting right what a push lost': async (scene) => {
    scene.harbor.seed.push({ project: 'team', repository: 'api', tags: ['beside'], size: 9 });
    await runToEnd(world(scene), armed);
    return await reported(scene);
  },
  'collecting garbage': async (scene) => {
    await afterOneRun(scene);
    scene.harbor.clock.advance(15 * day);
    await runToEnd(world({ ...scene, policy: collecting(scene.policy) }), later);
    return await reported(scene);
  },
  'removing empty repositories': async (scene) => {
    await afterOneRun(scene);
    await empty(scene.harbor);
    scene.harbor.clock.advance(40 * day);
    await runToEnd(world({ ...scene, policy: removing(scene.policy) }), later);
    return lasting([reportIn(scene.store), scene.harbor.state.repositories('team')]);
  },
};

/** Makes a robot as an administrator does; answers its credential, or Harbor's refusal. */
export async function makeRobot(
  harbor: EmbeddedHarbor,
  body: string,
): Promise<Credential | { readonly refused: string }> {
  const answer = await ask(harbor, '/robots', { method: 'POST', body });
  if (answer.status !== 201) return { refused: await answer.text() };
  const made = (await answer.json()) as { name: string; secret: string };
  return { username: made.name, password: made.secret };
}

export interface Played {
  /** JSON. */
  readonly seen: string;
  /** `GET /api/v2.0/… 403`, what the credential was denied. */
  readonly denied: readonly string[];
}

/** Plays a scene with a robot, or as the administrator; what is thrown is something that is seen. */
export async function play(
  name: string,
  robot: string | undefined,
  { version = 'v2.15.2', policy = scenePolicy } = {},
): Promise<Played> {
  const harbor = await registry(version);
  try {
    const made = robot === undefined ? undefined : await makeRobot(harbor, robot);
    if (made !== undefined && 'refused' in made) throw new Error(made.refused);
    const scene = { harbor, store: memoryStore(), policy, ...(made && { credential: made }) };
    const seen = await scenes[name]?.(scene).catch((error: unknown) => String(error));
    const denied = harbor.requests.all
      .filter(({ status }) => status === 401 || status === 403)
      // Every run asks for the end of its robot; one that may not ask is told nothing of it.
      .filter(({ path }) => robot?.includes('"robot"') === true || !path.includes('/robots?'))
      .map(({ method, path, status }) => `${method} ${path} ${status}`);
    return { seen: JSON.stringify(seen).replaceAll(harbor.url, 'https://harbor.example'), denied };
  } finally {
    await harbor.close();
  }
}

export type { RobotPermission };
