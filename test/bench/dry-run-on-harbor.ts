// A dry run of one project of any Harbor, and the dry run of Harbor's own retention beside it.
import { setTimeout as pause } from 'node:timers/promises';
import type { SeenRequest } from '../../functions/adapters/harbor/connection.ts';
import { connectHarbor } from '../../functions/adapters/harbor/index.ts';
import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import type { Clock, World } from '../../functions/ports.ts';
import { type Access, harborPusher, type Pusher, type Reply } from '../support/harbor-pusher.ts';
import { memoryStore } from '../support/memory-store.ts';
import { reportIn, silent, unlimited } from '../support/run-world.ts';
import { runSlice } from '../../functions/run.ts';

export interface Target extends Access {
  readonly project: string;
}

/** What a rule keeps: artifacts that were pushed, or pulled, in the last 30 days. */
export type By = 'pushedWithin' | 'pulledWithin';
const days = 30;

const policyOf = (by: By, project: string): string => `version: 1
trash: off
limits: { maxDeletions: unlimited, maxBytes: unlimited, maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
rules:
  - { name: all, select: { projects: ["${project}"], tags: ["**"] }, keep: { ${by}: ${days}d } }
`;

/** How a dry run of the project went. */
export interface DryRun {
  readonly seconds: number;
  readonly artifacts: number;
  readonly condemned: number;
  readonly requests: number;
  /** Lists of artifacts that were asked for, and what one took, in ms. */
  readonly pages: number;
  readonly pageMs: { readonly median: number; readonly slowest: number };
}

/** Reads the project and plans, up to the report; sends nothing but reads. Reports stay in memory. */
export async function dryRunOf(
  { project, ...access }: Target,
  by: By,
  clock: Clock = { now: () => Date.now() },
): Promise<DryRun> {
  const pages: number[] = [];
  const onRequest = ({ path, tookMs }: SeenRequest): void => {
    if (/\/artifacts\?/.test(path)) pages.push(tookMs);
  };
  const { reader } = connectHarbor({ ...access, onRequest }, clock);
  const store = memoryStore();
  const world: World = {
    identity: 'bench',
    stopwatch: systemStopwatch,
    harbor: {
      ...reader,
      listProjects: async () =>
        (await reader.listProjects()).filter(({ name }) => name === project),
    },
    clock,
    telemetry: silent,
    readDigestList: () => Promise.resolve(''),
    store,
    policy: { load: () => Promise.resolve({ text: policyOf(by, project), name: 'policy.yaml' }) },
    pause: () => Promise.resolve(),
    inUse: { kinds: [], open: () => ({ name: 'none', read: () => Promise.reject(new Error()) }) },
  };
  const begun = performance.now();
  const request = { runId: '2026-11-21T033000Z', mode: 'dry-run', owner: 'bench' } as const;
  const end = await runSlice(request, world, unlimited);
  const seconds = (performance.now() - begun) / 1_000;
  if (!end.done) throw new Error(`The dry run of ${project} did not come to its end.`);
  const { totals } = reportIn(store);
  if (totals === undefined) throw new Error(`${project} was not read: is there such a project?`);
  const sorted = pages.toSorted((one, other) => one - other);
  return {
    seconds,
    artifacts: totals.artifacts,
    condemned: totals.deletions,
    requests: reader.requests().sent,
    pages: sorted.length,
    pageMs: { median: sorted[Math.floor(sorted.length / 2)] ?? 0, slowest: sorted.at(-1) ?? 0 },
  };
}

/** How long Harbor's own dry run took, or why it was not started. */
export type OwnDryRun =
  | { readonly seconds: number; readonly artifacts: number; readonly condemned: number }
  | { readonly because: string };

/**
 * Makes Harbor's own retention policy that comes nearest to keeping what was pushed or pulled lately, lets Harbor run it
 * dry, and removes it. Does nothing where the project has one of its own.
 * @throws Error with what Harbor answered instead of what was expected, after cleaning up
 */
export async function ownDryRunOf(
  { project, ...access }: Target,
  by: By,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<OwnDryRun> {
  const pusher = harborPusher(access);
  const request: Pusher['request'] = (...asked) => pusher.request(...asked);
  const { project_id: id, metadata } = json<{
    project_id: number;
    metadata?: { retention_id?: string };
  }>(await expected(request('GET', `/projects/${project}`), 200));
  if (metadata?.retention_id !== undefined)
    return { because: `${project} has a retention policy of its own, which is left as it is` };
  const made = await expected(request('POST', '/retentions', ownPolicy(by, id)), 201);
  const policy = `/retentions/${lastOf(made)}`;
  try {
    const started = request('POST', `${policy}/executions`, { dry_run: true });
    const execution = Number(lastOf(await expected(started, 201)));
    return await followed(request, `${policy}/executions`, { execution, wait });
  } finally {
    await removed(request, policy);
  }
}

async function removed(request: Pusher['request'], policy: string): Promise<void> {
  try {
    await expected(request('DELETE', policy), 200);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The retention policy that the measurement made is still in Harbor: send DELETE /api/v2.0${policy}. ${because}`,
      { cause: error },
    );
  }
}

function ownPolicy(by: By, ref: number): unknown {
  const rule = (template: string) => ({
    action: 'retain',
    template,
    params: { [template]: days },
    tag_selectors: [
      { kind: 'doublestar', decoration: 'matches', pattern: '**', extras: '{"untagged":true}' },
    ],
    scope_selectors: {
      repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
    },
  });
  const templates =
    by === 'pushedWithin' ? ['nDaysSinceLastPush'] : ['nDaysSinceLastPush', 'nDaysSinceLastPull'];
  return {
    algorithm: 'or',
    rules: templates.map(rule),
    trigger: { kind: 'Schedule', settings: { cron: '' } },
    scope: { level: 'project', ref },
  };
}

const lookEveryMs = 500;

/** Waits for the last of its tasks; the execution itself says so up to half a minute later. */
async function followed(
  request: Pusher['request'],
  executions: string,
  {
    execution,
    wait,
  }: { readonly execution: number; readonly wait: (ms: number) => Promise<unknown> },
): Promise<OwnDryRun> {
  for (;;) {
    const path = `${executions}?page=1&page_size=10`;
    const all = json<{ id: number; status: string; start_time: string }[]>(
      await expected(request('GET', path), 200),
    );
    const own = all.find(({ id }) => id === execution);
    const tasks = await tasksOf(request, `${executions}/${execution}/tasks`);
    const isOver = tasks.length > 0 && tasks.every(({ end_time: end }) => Date.parse(end) > 0);
    if (own === undefined || isOver || !/^(?:Running|Pending|InProgress)$/.test(own.status)) {
      const sum = (of: (task: OwnTask) => number | undefined): number =>
        tasks.reduce((total, task) => total + (of(task) ?? 0), 0);
      const ends = tasks.map(({ end_time: end }) => Date.parse(end));
      const total = sum((task) => task.total);
      return {
        seconds: (Math.max(...ends) - Date.parse(own?.start_time ?? '')) / 1_000,
        artifacts: total,
        condemned: total - sum((task) => task.retained),
      };
    }
    await wait(lookEveryMs);
  }
}

interface OwnTask {
  readonly end_time: string;
  readonly total?: number;
  readonly retained?: number;
}

async function tasksOf(request: Pusher['request'], path: string): Promise<readonly OwnTask[]> {
  const tasks: OwnTask[] = [];
  for (let page = 1; ; page += 1) {
    const reply = await expected(request('GET', `${path}?page=${page}&page_size=100`), 200);
    const rows = json<OwnTask[]>(reply);
    tasks.push(...rows);
    if (rows.length < 100) return tasks;
  }
}

const json = <T>({ json: value }: Reply): T => value as T;
const lastOf = ({ headers }: Reply): string => headers.get('location')?.split('/').at(-1) ?? '';

async function expected(reply: Promise<Reply>, status: number): Promise<Reply> {
  const got = await reply;
  if (got.status === status) return got;
  throw new Error(`Harbor answered ${got.status} instead of ${status}: ${got.text.slice(0, 300)}`);
}
