import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { inUseRegistry } from '../../functions/adapters/in-use/index.ts';
import { listFolders } from '../../functions/adapters/list-folders.ts';
import type {
  Budget,
  Changes,
  DigestListReader,
  HarborGarbage,
  HarborInspector,
  HarborWriter,
  ManifestReader,
  RunRequest,
  SliceEnd,
  Stopwatch,
  Telemetry,
  World,
} from '../../functions/ports.ts';
import { readReport, readRow } from '../../functions/report/read-report.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import { runSlice } from '../../functions/run.ts';
import { bringNear, type EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import { changesOn, applyPortsOn } from './apply-ports.ts';
import { readerOf } from './harbor-world.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';

export const unlimited: Budget = { hasTime: () => true };

/** Time for so many pieces of work. */
export function pieces(count: number): Budget {
  let left = count;
  return {
    hasTime: () => {
      left -= 1;
      return left >= 0;
    },
  };
}

export const silent: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  metric: () => undefined,
  progress: () => undefined,
};

export interface TestWorld extends World {
  readonly store: MemoryStore;
  readonly changes: Changes;
  readonly manifests: ManifestReader;
}

/** The calls of an armed run that look closely, and those that change. */
export type ChangingCalls = HarborInspector & HarborWriter & HarborGarbage;

/** All of them in one, as they were before anything was put in their place. */
export function callsOf({ changes }: TestWorld): ChangingCalls {
  return { ...changes.inspector, ...changes.writer, ...changes.garbage };
}

/** The same world, in which some of these calls go another way. */
export function withCalls(world: TestWorld, calls: Partial<ChangingCalls>): TestWorld {
  const { inspector, writer, garbage } = world.changes;
  const own = <Port extends object>(port: Port): Port => {
    const chosen = Object.entries(calls).filter(([name]) => name in port);
    return { ...port, ...Object.fromEntries(chosen) } as Port;
  };
  return {
    ...world,
    changes: { inspector: own(inspector), writer: own(writer), garbage: own(garbage) },
    manifests: own(world.manifests),
  };
}

export interface WorldParts {
  readonly policy: string;
  readonly store?: MemoryStore;
  readonly credential?: { readonly username: string; readonly password: string };
  /** What lists of images in use say, whatever they are called. */
  readonly readList?: DigestListReader;
  readonly overrides?: Partial<TestWorld>;
}

let worlds = 0;

/** Runs with an embedded Harbor's clock; what is waited for is over at once, and moves that clock not. */
export function stopwatchOf(harbor: EmbeddedHarbor): Stopwatch {
  let waited = 0;
  return {
    elapsed: () => harbor.clock.now() + waited,
    wait: (ms) => {
      waited += ms;
      return Promise.resolve();
    },
  };
}

/** A world around an embedded Harbor, whose clock is also ours: each is a process of its own. */
export function worldAround(harbor: EmbeddedHarbor, parts: WorldParts): TestWorld {
  bringNear(harbor.url);
  const clock = { now: () => harbor.clock.now() };
  const readDigestList = (): Promise<string> => Promise.resolve('');
  const store = parts.store ?? memoryStore();
  const changes = changesOn(harbor, parts.credential);
  worlds += 1;
  return {
    identity: `process ${worlds}`,
    stopwatch: stopwatchOf(harbor),
    pause: applyPortsOn(harbor, parts.credential).pause,
    harbor: readerOf(
      { url: harbor.url, deadline: harbor.deadline, ...(parts.credential ?? harbor.admin) },
      clock,
    ),
    changes,
    manifests: changes.inspector,
    policy: { load: () => Promise.resolve({ text: parts.policy, name: 'policy.yaml' }) },
    clock,
    telemetry: silent,
    inUse: inUseRegistry({
      readList: parts.readList ?? readDigestList,
      openFolder: listFolders(store, { base: '.' }),
    }),
    readDigestList,
    ...parts.overrides,
    store,
  };
}

export const dryRun: RunRequest = {
  runId: '2026-11-21T033000Z',
  mode: 'dry-run',
  owner: 'test',
};

/** The same run, armed, whose policy needs no dry run before it. */
export const armed: RunRequest = { ...dryRun, mode: 'apply', applyNewPolicy: true };

/** A run to its end: in one slice, and one more after each wait. */
export async function runToEnd(
  world: TestWorld,
  request: RunRequest = dryRun,
): Promise<SliceEnd & { done: true }> {
  for (let slices = 1; slices <= 100; slices += 1) {
    const end = await runSlice(request, world, unlimited);
    if (end.done) return end;
    if (end.wait === undefined) throw new Error('the run is not done');
    await world.pause(end.wait.seconds * 1_000);
  }
  throw new Error('the run waits for ever');
}

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const published = (name: string): ValidateFunction =>
  ajv.compile(
    JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')) as object,
  );
const isReport = published('report.schema.json');
const isRow = published('report-row.schema.json');

/** @throws if a text is not what the published JSON Schema says */
function hold(text: string, schema: ValidateFunction): void {
  if (!schema(JSON.parse(text))) throw new Error(`${text}\n${ajv.errorsText(schema.errors)}`);
}

/** The newest report of a store, held to its schema. */
export function reportIn(store: MemoryStore, key = 'reports/latest.json'): Report {
  hold(store.texts.get(key) ?? 'null', isReport);
  const read = readReport(store.texts.get(key) ?? '');
  if (!read.ok) throw new Error(`${key}: ${read.because}`);
  return read.report;
}

/** All rows of a report, held to their schema. */
export async function rowsIn(store: MemoryStore, report: Report): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for (const part of report.artifacts.parts) {
    for await (const line of store.readPart(part.key)) {
      hold(line, isRow);
      const row = readRow(line);
      if (row === undefined) throw new Error(`no row: ${line}`);
      rows.push(row);
    }
  }
  return rows;
}

/** `project/repository:tag → fate`, untagged ones by digest. */
export function fatesOf(rows: readonly ReportRow[]): Record<string, string> {
  return Object.fromEntries(
    rows.flatMap((row) =>
      (row.tags === null || row.tags.length === 0
        ? [`@${row.digest}`]
        : row.tags.map((tag) => `:${tag}`)
      ).map((name) => [`${row.project}/${row.repository}${name}`, row.fate]),
    ),
  );
}
