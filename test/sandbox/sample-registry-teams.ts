import type { Platform } from './harbor/rows.ts';

/** How the builds of one repository look: a stand-in for a team's habits. */
export interface Habit {
  readonly project: string;
  readonly repository: string;
  /** Builds, spread over `days` days up to `idle` days ago. */
  readonly builds: number;
  readonly days: number;
  readonly idle?: number;
  /** Names of a build: see `tagsOf`. */
  readonly tags:
    'commits' | 'releases' | 'nightly' | 'pull-requests' | 'snapshots' | 'charts' | 'models';
  /** Every so many builds is a release with version tags. */
  readonly releaseEvery?: number;
  readonly platforms?: readonly Platform[];
  readonly megabytes: readonly [min: number, max: number];
  /** Share of the builds that somebody has pulled. */
  readonly pulled: number;
  /** Share of the releases that are signed, and how. */
  readonly signed?: readonly [share: number, form: 'linked' | 'tags'];
  readonly labels?: readonly string[];
}

const amd64: Platform = { architecture: 'amd64', os: 'linux' };
const arm64: Platform = { architecture: 'arm64', os: 'linux', variant: 'v8' };
const armv7: Platform = { architecture: 'arm', os: 'linux', variant: 'v7' };
const s390x: Platform = { architecture: 's390x', os: 'linux' };
const two = [amd64, arm64];
const four = [amd64, arm64, armv7, s390x];

type Rest = Omit<Habit, 'project' | 'repository'>;
const team = (project: string, repositories: Readonly<Record<string, Rest>>): Habit[] =>
  Object.entries(repositories).map(([repository, rest]) => ({ project, repository, ...rest }));

const service = (builds: number, megabytes: readonly [number, number]): Rest => ({
  builds,
  days: 540,
  tags: 'commits',
  releaseEvery: 14,
  megabytes,
  pulled: 0.35,
  signed: [0.8, 'linked'],
});

export const habits: readonly Habit[] = [
  ...team('team-a', {
    api: { ...service(620, [140, 190]), labels: ['keep'] },
    web: service(480, [60, 95]),
    worker: service(300, [150, 200]),
    'jobs/nightly-report': {
      builds: 365,
      days: 365,
      tags: 'nightly',
      megabytes: [210, 240],
      pulled: 0.05,
    },
    'jobs/import': { ...service(60, [90, 120]), idle: 200 },
  }),
  ...team('team-b', {
    'shop/frontend': { ...service(260, [70, 110]), platforms: two },
    'shop/checkout': { ...service(210, [120, 160]), platforms: two },
    'shop/catalog': { ...service(120, [110, 150]), platforms: two, idle: 45 },
    'shop/previews': {
      builds: 240,
      days: 120,
      tags: 'pull-requests',
      megabytes: [80, 120],
      pulled: 0.1,
    },
  }),
  ...team('platform', {
    'base/alpine': {
      builds: 70,
      days: 900,
      tags: 'releases',
      platforms: four,
      megabytes: [12, 16],
      pulled: 0.9,
      signed: [1, 'linked'],
      labels: ['base-image'],
    },
    'base/node': {
      builds: 110,
      days: 800,
      tags: 'releases',
      platforms: two,
      megabytes: [240, 300],
      pulled: 0.8,
      signed: [1, 'linked'],
      labels: ['base-image'],
    },
    'base/python': {
      builds: 90,
      days: 800,
      tags: 'releases',
      platforms: two,
      megabytes: [180, 320],
      pulled: 0.6,
    },
    'tools/deploy-cli': {
      builds: 80,
      days: 700,
      tags: 'releases',
      platforms: two,
      megabytes: [30, 45],
      pulled: 0.5,
    },
  }),
  ...team('data', {
    'spark/driver': {
      builds: 140,
      days: 400,
      tags: 'snapshots',
      megabytes: [1_600, 2_400],
      pulled: 0.15,
    },
    'spark/executor': {
      builds: 140,
      days: 400,
      tags: 'snapshots',
      megabytes: [1_500, 2_200],
      pulled: 0.15,
    },
    notebooks: { builds: 45, days: 300, tags: 'snapshots', megabytes: [5_200, 7_800], pulled: 0.2 },
  }),
  ...team('mobile', {
    'build/android': {
      builds: 130,
      days: 250,
      tags: 'commits',
      megabytes: [2_800, 3_600],
      pulled: 0.25,
    },
  }),
  ...team('charts', {
    shop: { builds: 60, days: 500, tags: 'charts', megabytes: [1, 1], pulled: 0.4 },
    monitoring: { builds: 25, days: 600, tags: 'charts', megabytes: [1, 1], pulled: 0.7 },
  }),
  ...team('models', {
    'ranking/tower': {
      builds: 36,
      days: 420,
      tags: 'models',
      megabytes: [900, 1_400],
      pulled: 0.3,
    },
  }),
  ...team('legacy', {
    'billing/server': {
      builds: 90,
      days: 700,
      idle: 900,
      tags: 'releases',
      megabytes: [380, 520],
      pulled: 0.1,
      signed: [0.5, 'tags'],
    },
    'billing/batch': {
      builds: 75,
      days: 600,
      idle: 1_000,
      tags: 'releases',
      megabytes: [350, 480],
      pulled: 0,
    },
    intranet: {
      builds: 40,
      days: 500,
      idle: 1_200,
      tags: 'commits',
      megabytes: [420, 600],
      pulled: 0,
    },
  }),
];
