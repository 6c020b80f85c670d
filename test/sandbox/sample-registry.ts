import { createHash } from 'node:crypto';
import {
  type EmbeddedHarbor,
  type Random,
  type RobotPermission,
  type SeedPush,
  createRandom,
} from './harbor/index.ts';
import { HELM_CONFIG, OCI_EMPTY } from './harbor/media-types.ts';
import { between, pick } from './harbor/random.ts';
import { type Habit, habits } from './sample-registry-teams.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Exactly what a plan needs and nothing else (docs/robot.md#least-exactly). */
export const planPermissions: readonly RobotPermission[] = [
  {
    kind: 'project',
    namespace: '*',
    access: [
      { resource: 'project', action: 'read' },
      { resource: 'repository', action: 'list' },
      { resource: 'repository', action: 'read' },
      { resource: 'artifact', action: 'list' },
      { resource: 'artifact', action: 'read' },
      { resource: 'tag', action: 'list' },
      { resource: 'accessory', action: 'list' },
      { resource: 'immutable-tag', action: 'list' },
      { resource: 'label', action: 'list' },
      { resource: 'tag-retention', action: 'read' },
      { resource: 'tag-retention', action: 'list' },
      { resource: 'quota', action: 'read' },
    ],
  },
  {
    kind: 'system',
    namespace: '/',
    access: [
      { resource: 'project', action: 'list' },
      { resource: 'replication-policy', action: 'list' },
    ],
  },
];

const actions = (resource: string, ...names: readonly string[]) =>
  names.map((action) => ({ resource, action }));

/** What planning, deleting into the trash, restoring, purging and collecting need (docs/robot.md#least-exactly). */
export const applyPermissions: readonly RobotPermission[] = [
  {
    kind: 'project',
    namespace: '*',
    access: [
      ...(planPermissions[0]?.access ?? []),
      ...actions('log', 'list'),
      ...actions('repository', 'pull'),
      ...actions('artifact', 'create', 'delete'),
      ...actions('tag', 'create', 'delete'),
      ...actions('artifact-label', 'create'),
      ...actions('label', 'create'),
    ],
  },
  {
    kind: 'system',
    namespace: '/',
    access: [
      ...(planPermissions[1]?.access ?? []),
      ...actions('garbage-collection', 'create', 'read', 'list', 'stop'),
    ],
  },
];

export interface SampleRegistry {
  /** A robot that may do all that an armed deployment does. */
  readonly armedRobot: { readonly username: string; readonly secret: string };
  /** A robot that may plan and nothing more. */
  readonly robot: { readonly username: string; readonly secret: string };
}

interface Build {
  readonly habit: Habit;
  readonly number: number;
  readonly at: number;
  readonly release: string | undefined;
  readonly random: Random;
}

const hex = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
const date = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll('-', '');

/** 1.0.0, 1.0.1, 1.0.2, 1.1.0 and so on. */
const version = (count: number): string =>
  `${1 + Math.floor(count / 18)}.${Math.floor(count / 3) % 6}.${count % 3}`;

function releaseTags(release: string): string[] {
  const [major = '', minor = ''] = release.split('.');
  return [`v${release}`, `v${major}.${minor}`, `v${major}`];
}

/** The names a build is pushed under; those that were there before move to it. */
function tagsOf(build: Build): string[] {
  const { habit, number, at, release } = build;
  const commit = hex(`${habit.project}/${habit.repository}#${number}`, 7);
  switch (habit.tags) {
    case 'commits':
      return [
        `main-${commit}`,
        'main',
        'latest',
        ...(release === undefined ? [] : releaseTags(release)),
      ];
    case 'releases':
      return [...releaseTags(version(number)), 'stable', 'latest'];
    case 'nightly':
      return [`nightly-${date(at)}`, 'nightly'];
    case 'pull-requests':
      return [`pr-${1_400 + Math.floor(number / 3)}`];
    case 'snapshots':
      // Most builds are overwritten by the next one and end without a tag.
      return number % 4 === 0 ? [`3.5-SNAPSHOT`, `build-${number}`] : ['3.5-SNAPSHOT'];
    case 'charts':
      return [version(number)];
    case 'models':
      return [`run-${date(at)}-${commit}`, ...(number % 6 === 0 ? ['champion'] : [])];
  }
}

function content(build: Build): Partial<SeedPush> {
  const { habit, number } = build;
  const size =
    between(build.random, ...habit.megabytes) * 1_000_000 + between(build.random, 0, 999_999);
  if (habit.tags === 'charts') {
    const attributes = { apiVersion: 'v2', name: habit.repository, version: version(number) };
    return {
      mediaType: HELM_CONFIG,
      size: 30_000 + between(build.random, 0, 9_000),
      extraAttrs: attributes,
    };
  }
  if (habit.tags === 'models')
    return { mediaType: OCI_EMPTY, artifactType: 'application/vnd.example.model.v1', size };
  return { size, ...(habit.platforms === undefined ? {} : { platforms: habit.platforms }) };
}

function pulls(build: Build, now: number): Partial<SeedPush> {
  if (build.random() >= build.habit.pulled) return {};
  const span = Math.max(now - build.at, HOUR);
  const pulledAt = build.at + Math.floor(span * build.random() ** 3);
  // A cluster that asks by digest leaves the tag's time alone (T14).
  return build.random() < 0.5 ? { pulledAt, tagPulledAt: pulledAt } : { pulledAt };
}

function buildsOf(habit: Habit, now: number): Build[] {
  const random = createRandom(Number.parseInt(hex(`${habit.project}/${habit.repository}`, 8), 16));
  const end = now - (habit.idle ?? 0) * DAY - between(random, 1, 20) * HOUR;
  const step = (habit.days * DAY) / habit.builds;
  return Array.from({ length: habit.builds }, (_, number) => {
    const at = Math.floor(end - (habit.builds - 1 - number) * step - random() * step * 0.8);
    const every = habit.releaseEvery ?? 0;
    const release =
      every > 0 && number % every === every - 1 ? version(Math.floor(number / every)) : undefined;
    return { habit, number, at, release, random };
  });
}

const isSigned = (build: Build): boolean => {
  const { signed, tags } = build.habit;
  if (signed === undefined || (build.release === undefined && tags !== 'releases')) return false;
  return build.random() < signed[0];
};

/** cosign without OCI subject: `.att` and `.sbom` are ordinary tagged artifacts, only `.sig` is linked (T23). */
function signByTags(harbor: EmbeddedHarbor, build: Build, digest: string): void {
  const { project, repository } = build.habit;
  const name = digest.replace(':', '-');
  for (const ending of ['att', 'sbom'])
    harbor.seed.push({
      project,
      repository,
      tags: [`${name}.${ending}`],
      size: 9_000,
      pushedAt: build.at + 60_000,
      annotations: { 'example.of': digest },
    });
}

function seedBuild(harbor: EmbeddedHarbor, build: Build, now: number): void {
  const { habit, at } = build;
  const { project, repository } = habit;
  const signed = isSigned(build);
  const linked = signed && habit.signed?.[1] === 'linked';
  const isKept = build.release !== undefined && build.number > habit.builds * 0.8;
  const row = harbor.seed.push({
    project,
    repository,
    tags: tagsOf(build),
    pushedAt: at,
    ...content(build),
    ...pulls(build, now),
    annotations: {
      'org.opencontainers.image.source': `https://git.example/${project}/${repository}`,
      'example.build': String(build.number),
    },
    ...(linked
      ? {
          accessories: [
            { type: 'signature.cosign' },
            ...(project === 'platform' ? [{ type: 'sbom.harbor', size: 48_000 }] : []),
          ],
        }
      : {}),
  });
  if (signed && !linked) {
    harbor.seed.accessory({
      subject: row,
      type: 'signature.cosign',
      tags: [`${row.digest.replace(':', '-')}.sig`],
    });
    signByTags(harbor, build, row.digest);
  }
  if (isKept && habit.labels !== undefined)
    harbor.seed.attachLabel(row, pick(build.random, [...habit.labels] as [string, ...string[]]));
}

function seedProjects(harbor: EmbeddedHarbor, now: number): void {
  const { seed } = harbor;
  for (const name of new Set(habits.map((habit) => habit.project)))
    seed.project(name, { public: name === 'platform', createdAt: now - 1_900 * DAY });
  seed.project('retention-trash', { createdAt: now - 30 * DAY });
  seed.label({ name: 'keep' });
  seed.label({ name: 'base-image', project: 'platform' });
  seed.immutableRule('platform', { tags: 'v*.*.*', repositories: 'base/**' });
  seed.immutableRule('charts', { tags: '**', repositories: 'monitoring' });
}

/** A proxy cache with the policy it is born with (T30). */
function seedProxyCache(harbor: EmbeddedHarbor, now: number): void {
  const { seed } = harbor;
  seed.project('hub-cache', { registryId: seed.registry('hub').id, createdAt: now - 700 * DAY });
  seed.retentionPolicy('hub-cache', {
    cron: '0 0 0 * * *',
    rules: [
      {
        action: 'retain',
        template: 'nDaysSinceLastPull',
        params: { nDaysSinceLastPull: 7 },
        tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }],
        scope_selectors: {
          repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
        },
      },
    ],
  });
  const random = createRandom(77);
  for (const repository of ['library/nginx', 'library/redis', 'library/postgres'])
    for (let index = 0; index < 8; index += 1) {
      const pushedAt = now - between(random, 1, 9) * DAY;
      seed.push({
        project: 'hub-cache',
        repository,
        tags: index % 3 === 0 ? [] : [`1.${index}`],
        size: between(random, 20, 160) * 1_000_000,
        pushedAt,
        pulledAt: pushedAt + HOUR,
      });
    }
}

/**
 * Fills a Harbor with what looks like a real registry: ten projects, some thousand artifacts, the same every time.
 * @param now the moment that all ages count back from, ms since the epoch
 */
export function sampleRegistry(harbor: EmbeddedHarbor, now: number): SampleRegistry {
  seedProjects(harbor, now);
  seedProxyCache(harbor, now);
  const builds = habits.flatMap((habit) => buildsOf(habit, now));
  // In the order of time, as ids grew in a real one.
  builds.sort((a, b) => a.at - b.at);
  for (const build of builds) seedBuild(harbor, build, now);
  return {
    robot: harbor.seed.robot({ name: 'retention-planner', permissions: planPermissions }),
    armedRobot: harbor.seed.robot({ name: 'retention', permissions: applyPermissions }),
  };
}
