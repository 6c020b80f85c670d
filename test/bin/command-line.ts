import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../bin/cli.ts';
import type { CommandEnvironment } from '../../bin/local-world.ts';
import {
  type EmbeddedHarbor,
  type EmbeddedHarborOptions,
  startHarbor,
} from '../sandbox/harbor/index.ts';

export const password = 'Hunter2-of-the-robot';
const day = 86_400_000;

/** What a command left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A robot that may do everything, and the forms in which its password could show. */
export const permissions = [
  {
    kind: 'project',
    namespace: '*',
    access: [
      ['project', 'read'],
      ['repository', 'list'],
      ['repository', 'read'],
      ['repository', 'pull'],
      ['repository', 'push'],
      ['log', 'list'],
      ['artifact', 'list'],
      ['artifact', 'read'],
      ['artifact', 'create'],
      ['artifact', 'delete'],
      ['tag', 'list'],
      ['tag', 'create'],
      ['tag', 'delete'],
      ['accessory', 'list'],
      ['immutable-tag', 'list'],
      ['label', 'create'],
      ['label', 'list'],
      ['artifact-label', 'create'],
      ['tag-retention', 'read'],
      ['tag-retention', 'list'],
      ['quota', 'read'],
    ].map(([resource = '', action = '']) => ({ resource, action })),
  },
  {
    kind: 'system',
    namespace: '/',
    access: [
      { resource: 'project', action: 'list' },
      { resource: 'replication-policy', action: 'list' },
    ],
  },
] as const;

const username = 'robot$retention';

/** Every form in which the password could be read from an output. */
export const forms: readonly string[] = [
  password,
  Buffer.from(`${username}:${password}`).toString('base64'),
  encodeURIComponent(password),
];

/** A command as a user starts it; throws if what it writes holds the password in any form. */
export async function command(
  argv: readonly string[],
  { environment = {}, isInteractive = false }: Partial<Surroundings> = {},
): Promise<Ended> {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isInteractive,
  };
  const code = await main(argv, terminal, environment);
  for (const form of forms) {
    if (`${out}${err}`.includes(form)) throw new Error(`${argv.join(' ')} shows the password`);
  }
  return { code, out, err };
}

interface Surroundings {
  readonly environment: CommandEnvironment;
  readonly isInteractive: boolean;
}

/** An empty folder of its own. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'command-line-'));

/** Writes a file into a new folder and answers its path. */
export function fileWith(text: string | Buffer, name = 'policy.yaml'): string {
  const path = join(newFolder(), name);
  writeFileSync(path, text);
  return path;
}

/** Keeps what is younger than 60 days; deletes without a trash. */
export const policy = `version: 1
rules:
  - name: old-builds
    select: { projects: [team], tags: ['ci-*'] }
    keep: { pushedWithin: 60d }
limits: { maxDeletionsPercent: 90 }
trash: off
`;

/** A Harbor with six builds of `team/app`, three of them old, and a release that nothing selects. */
export interface Scene {
  readonly harbor: EmbeddedHarbor;
  readonly environment: CommandEnvironment;
}

/** @param delays milliseconds that requests take; none, if left out */
export async function startScene(
  delays: Pick<EmbeddedHarborOptions, 'delays'> = {},
): Promise<Scene> {
  const harbor = await startHarbor({ now: () => Date.now(), ...delays });
  harbor.seed.project('team');
  harbor.seed.project('other', { public: true });
  harbor.seed.project('retention-trash');
  const push = (project: string, tag: string, days: number): void => {
    const pushedAt = harbor.clock.now() - days * day;
    harbor.seed.push({ project, repository: 'app', tags: [tag], pushedAt, size: 1_000_000 });
  };
  for (const days of [2, 20, 50, 70, 80, 90]) push('team', `ci-${days}`, days);
  push('team', 'v1.0.0', 400);
  push('other', 'v2.0.0', 400);
  const robot = harbor.seed.robot({ name: 'retention', secret: password, permissions });
  return {
    harbor,
    environment: {
      HARBOR_URL: harbor.url,
      HARBOR_USER: robot.username,
      HARBOR_PASSWORD: robot.secret,
    },
  };
}
