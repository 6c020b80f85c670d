import { formatInstant, type Instant } from './instant.ts';
import { dayOfRun } from './run-id.ts';

// Every key of the bucket. The operator's map in docs/reports.md names them all, with how long each is kept; a test
// holds map, keys and the bucket's lifecycle rules to one another.

const reports = 'reports/';
const inventory = 'inventory/';
const state = 'state/';

/** Folders that are listed. */
export const listed = {
  reports: `${reports}runs/`,
  records: `${reports}records/`,
  healings: `${reports}healing/`,
  /** What each run keeps for itself. */
  runs: `${state}runs/`,
  /** Facts and actions of each run. */
  facts: inventory,
  /** What runs remember of each Harbor. */
  memories: `${state}harbors/`,
  /** What this store remembers, of each Harbor apart. */
  state,
} as const;

/** `2026/11/21`, as the folders of reports are called. */
export const dayFolder = (at: Instant): string =>
  formatInstant(at).slice(0, 10).replaceAll('-', '/');

/** Below which the records of one day's runs lie; `day` as `dayFolder` gives it. */
export const recordsOfDay = (day: string): string => `${listed.records}${day}/`;

const numbered = (index: number, digits = 5): string => String(index + 1).padStart(digits, '0');

/** What a run leaves for people and for a restore. We never delete any of it. */
export interface ReportKeys {
  readonly report: string;
  readonly page: string;
  /** What was sent to people, beside the report. */
  readonly notice: string;
  readonly part: (index: number) => string;
  /** Below which the records of what was done lie; a restore works from them. */
  readonly records: string;
  readonly record: (batch: string) => string;
  /** Records of a later look at what was left uncertain; they sort after the others. `index` counts from 0. */
  readonly settled: (index: number) => string;
  /** Below which lies, per project, what was healed after the run's deletions. */
  readonly healings: string;
  readonly healing: (work: string) => string;
}

/**
 * Keys sort by time and carry the run's id: `reports/runs/2026/11/21/<run>.json`, where the day is that of the id.
 * @throws RangeError for a text that is no id of a run
 */
export function reportKeys(runId: string): ReportKeys {
  const day = dayOfRun(runId);
  const report = `${listed.reports}${day}/${runId}.json`;
  const records = `${recordsOfDay(day)}${runId}/`;
  const healings = `${listed.healings}${day}/${runId}/`;
  return {
    report,
    page: pageKey(report),
    notice: noticeKey(report),
    part: (index) => `${reports}artifacts/${day}/${runId}/part-${numbered(index)}.ndjson.gz`,
    records,
    record: (batch) => `${records}${batch}.ndjson.gz`,
    settled: (index) => `${records}settled-${numbered(index)}.ndjson.gz`,
    healings,
    healing: (work) => `${healings}${work}.json`,
  };
}

/** Whether a key is one of `ReportKeys.settled`. */
export const isSettling = (key: string): boolean => /\/settled-\d+\.ndjson\.gz$/.test(key);

/** The page of a report lies beside it. */
export function pageKey(reportKey: string): string {
  return reportKey.replace(/\.json$/, '.html');
}

/** `reports/notices/2026/11/21/<run>.json`, from the key of the run's report. */
export function noticeKey(reportKey: string): string {
  return reportKey.replace(listed.reports, `${reports}notices/`);
}

/** `reports/restores/2026/11/21/<what>-<time>.json`. */
export function restoreKey(what: string, at: Instant): string {
  const time = formatInstant(at).slice(0, 19).replaceAll(':', '');
  return `${reports}restores/${dayFolder(at)}/${what}-${time}Z.json`;
}

/** The newest report, whole, and its page; written last. */
export const latestReport = `${reports}latest.json`;
export const latestPage = `${reports}latest.html`;

/** What a run keeps for itself until it ends, and what a restore proves its records by. */
export function stateKeys(runId: string) {
  const own = `${listed.runs}${runId}/`;
  const intents = `${own}intents/`;
  const facts = `${inventory}${runId}/`;
  return {
    state: `${own}state.json`,
    progress: `${own}progress.json`,
    survey: `${own}survey.json`,
    deaths: `${own}deaths.json`,
    reuse: `${own}reuse.json`,
    draft: `${own}plan-draft.json`,
    plan: `${own}plan.json`,
    ledger: `${own}ledger.json`,
    /** Below which the intents lie. */
    intents,
    intent: (batch: string) => `${intents}${batch}.json`,
    /** Below which the intents of one project's work lie. */
    intentsOf: (work: string) => `${intents}${work}-`,
    /** Says that deletions in a project began. */
    began: (work: string) => `${intents}${work}-began.json`,
    /** How far the healing after them is. */
    healing: (work: string) => `${intents}${work}-healing.json`,
    /** Below which all parts of facts, actions and rows lie. */
    inventory: facts,
    facts: (part: number) => `${facts}part-${numbered(part)}.ndjson.gz`,
    actions: (part: number) => `${facts}actions-${numbered(part)}.ndjson.gz`,
    purge: `${facts}purge-${numbered(0)}.ndjson.gz`,
    empty: `${facts}empty-${numbered(0)}.ndjson.gz`,
    trash: (part: number) => `${facts}trash-${numbered(part)}.ndjson.gz`,
    ledgerRows: (share: number) => `${facts}ledger-${numbered(share)}.ndjson.gz`,
  } as const;
}

/** The run and the batch of an intent's key; undefined for another key. */
export function intentAt(
  key: string,
): { readonly runId: string; readonly batch: string } | undefined {
  const [, runId, batch] = /^state\/runs\/([^/]+)\/intents\/(.+)\.json$/.exec(key) ?? [];
  return runId === undefined || batch === undefined ? undefined : { runId, batch };
}

/** The run and the work whose beginning lies there (`stateKeys.began`); undefined for another key. */
export function beginningAt(
  key: string,
): { readonly runId: string; readonly work: string } | undefined {
  const intent = intentAt(key);
  const [, work] = /^(.+)-began$/.exec(intent?.batch ?? '') ?? [];
  return intent === undefined || work === undefined ? undefined : { runId: intent.runId, work };
}

/** What the whole store has once, whatever Harbors it serves. */
export const storeKeys = {
  lease: `${state}lease.json`,
  /** The id by which the store claims a trash project. */
  store: `${state}store.json`,
  restoreDeaths: `${state}restore-deaths.json`,
  /** Whoever creates it sends the notice of a run that ended so. */
  noticeClaim: (runId: string, end: string) => `${state}notices/${runId}-${end}.json`,
} as const;

/**
 * What runs remember of one Harbor. These keys are placed below the Harbor's own folder by `memoryOf`
 * (store/harbor-memory.ts).
 */
export const memoryKeys = {
  history: `${state}history.json`,
  untagged: (project: string) => `${state}untagged/${project}.json`,
  reuse: `${state}reuse.json`,
  claim: `${state}claim.json`,
  collection: `${state}collection.json`,
  uncertain: `${state}uncertain.json`,
  notices: `${state}notices.json`,
  blobs: `${state}blobs/index.json`,
  /** What a run read last, and shares of what is older; `by` is a run's id. */
  freshBlobs: (by: string) => `${state}blobs/${by}/fresh.ndjson.gz`,
  blobShare: (by: string, share: number) =>
    `${state}blobs/${by}/share-${numbered(share, 3)}.ndjson.gz`,
} as const;

/** Below which what is remembered of one Harbor lies; `harbor` as `harborKey` gives it. */
export const harborFolder = (harbor: string): string => `${listed.memories}${harbor}/`;
