/**
 * The names that the stack and the engine share. The stack sets what the engine reads; a name that
 * stands only here can't differ between the two. Imports nothing.
 */

/** Environment variables of the function: lib/retention-function.ts writes, environment.ts reads. */
export const variables = {
  /** ARN or name of the secret that holds the robot's credential. */
  secretId: 'HARBOR_SECRET_ID',
  /** Base URL of Harbor; left out, the secret's `url` counts. */
  harborUrl: 'HARBOR_URL',
  /** File with PEM certificates in the bundle's folder, trusted for Harbor only. */
  caFile: 'HARBOR_CA_FILE',
  /** Secret that holds the PEM certificates instead. */
  caSecretId: 'HARBOR_CA_SECRET_ID',
  /** Proxy through which Harbor is reached; only requests to Harbor use it. */
  httpsProxy: 'HTTPS_PROXY',
  /** Hosts that are reached without it. */
  noProxy: 'NO_PROXY',
  /** Requests to Harbor at the same time; the engine may use fewer. */
  maxConcurrency: 'HARBOR_MAX_CONCURRENCY',
  /** Requests to Harbor that begin within any second, at most; left out, as many as it answers. */
  maxRequestsPerSecond: 'HARBOR_MAX_REQUESTS_PER_SECOND',
  /** A repository with more artifacts is not planned; left out, what fits into the function's memory. */
  maxArtifactsPerRepository: 'MAX_ARTIFACTS_PER_REPOSITORY',
  /** Requests that a run may spend on reading manifests for the ledger of blobs; 0 switches it off. */
  ledgerRequests: 'LEDGER_REQUESTS',
  bucket: 'REPORT_BUCKET',
  /** In front of every key; empty, or ending in a slash. */
  prefix: 'REPORT_PREFIX',
  /** File in the bundle's folder … */
  policyFile: 'POLICY_FILE',
  /** … or an object. */
  policyBucket: 'POLICY_BUCKET',
  policyKey: 'POLICY_KEY',
  /** `true` arms the deployment (docs/arming.md#6-arm-the-deployment). */
  apply: 'APPLY',
  /** A start that comes later than this after its scheduled time is refused; hours. */
  startWithinHours: 'START_WITHIN_HOURS',
  /** Length of one durable step, seconds. */
  sliceSeconds: 'SLICE_SECONDS',
  /** After this many slices a run ends as unfinished. */
  maxSlices: 'MAX_SLICES',
  /** A run waits for Harbor so long in all, hours: read-only, or collecting garbage. */
  maxWaitHours: 'MAX_WAIT_HOURS',
  /** ARN of the topic that notices go to; left out, no notice is sent. */
  noticeTopic: 'NOTICE_TOPIC',
  /** JSON list of doublestar patterns of projects. */
  protectedProjects: 'PROTECTED_PROJECTS',
  /** `true`: one summary a week. */
  weeklySummary: 'WEEKLY_SUMMARY',
  logLevel: 'LOG_LEVEL',
  /** Set by Lambda itself. It separates the metrics of two deployments. */
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  /** Set by Lambda itself; MiB. */
  memorySize: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
} as const;

/** Top folders in the bucket, after `REPORT_PREFIX`; the function's grants and the lifecycles name them. */
export const folders = {
  /** Reports and their rows: read by people and Athena, never deleted by us. */
  reports: 'reports/',
  /** What was read of Harbor, part by part. */
  inventory: 'inventory/',
  /** Cursor, plan, lease, history: overwritten and removed. */
  state: 'state/',
  /** Lists of people, for the policy and for the event `approved`: a run reads them, and writes none. */
  lists: 'lists/',
  /** Results of queries over the reports; written by Athena, never by the function. */
  queries: 'athena/',
} as const;

/** What the function that lists workloads has of its own. */
export const workloadsContract = {
  /** Variable with JSON: what it lists (functions/workloads/config-schema.ts). */
  variable: 'WORKLOADS',
  /** Where its lists lie, one for each scope, after `REPORT_PREFIX`. */
  folder: `${folders.lists}workloads/`,
} as const;

/** CloudWatch metrics, written as log lines; the alarms read them. */
export const metrics = {
  namespace: 'HarborRetention',
  /** The only dimension; its value is the function's name. */
  dimension: 'service',
  /** 1 when a run came to its end, whatever it found; refused runs count, failed ones do not. */
  runFinished: 'RunFinished',
  runRefused: 'RunRefused',
  runFailed: 'RunFailed',
  artifacts: 'Artifacts',
  condemned: 'Condemned',
  condemnedBytes: 'CondemnedBytes',
  deleted: 'Deleted',
  unplannable: 'UnplannableRepositories',
  deletedBytes: 'DeletedBytes',
  /** Copies deleted from the trash for good. */
  purged: 'Purged',
  /** What Harbor's garbage collection gave back, reported by the run that started it. */
  freedBytes: 'FreedBytes',
  /** Copies that stay in the trash, and their bytes. */
  trashArtifacts: 'TrashArtifacts',
  trashBytes: 'TrashBytes',
  refusals: 'Refusals',
  warnings: 'Warnings',
  /** From a run's first moment to its report. */
  duration: 'Duration',
  /** Sent to Harbor by one run. */
  requests: 'Requests',
  /** From request to answer, on average over a run. */
  harborLatency: 'HarborLatency',
  slices: 'Slices',
  /** While a run goes on, at most once a minute: artifacts read, artifacts judged, actions carried out … */
  progress: { inventory: 'ArtifactsRead', plan: 'ArtifactsJudged', apply: 'ActionsDone' },
  /** … and how much of the phase that is. */
  progressPercent: 'ProgressPercent',
  /** 1 when every list of workloads was written and is complete, else 0; by the function that lists them. */
  workloadLists: 'WorkloadListsComplete',
  /** Images in use, in all lists that one of its invocations wrote. */
  workloadUses: 'WorkloadUses',
  /** Time that a run is about to wait for Harbor, without cost. */
  waiting: 'Waiting',
} as const;

/** Memory beside V8's heap, in MiB: Node itself, its youngest objects, sockets, compression. */
const besideHeap = 176;
/** Young generation, in MiB; Lambda's own choice of 5 % is kept three times. */
const semiSpace = 8;

/**
 * V8's settings for a function with this many MiB: Lambda's own would let the heap grow until the function is killed.
 */
export function nodeOptions(memoryMiB: number): string {
  const heap = Math.max(64, memoryMiB - besideHeap);
  return `--max-old-space-size=${heap} --max-semi-space-size=${semiSpace}`;
}

/** Heap that is needed before the first artifact, in MiB. */
const heapAtRest = 40;
/** Heap for one artifact while its repository is judged, in KiB, children and tags included; BENCHMARKS.md. */
const heapPerArtifact = 2.75;

/** Artifacts of one repository that fit into a function with this many MiB. */
export function artifactsThatFit(memoryMiB: number): number {
  const heap = Math.max(8, memoryMiB - besideHeap - heapAtRest);
  return Math.floor((heap * 1024) / heapPerArtifact);
}

/** Name of the alias that the schedule starts; durable functions run only by qualified ARN. */
export const alias = 'live';

/** Lambda ends an invocation after 15 minutes; a slice ends well before (docs/design.md#longer-than-15-minutes). */
export const defaults = {
  apply: false,
  startWithinHours: 3,
  sliceSeconds: 720,
  maxSlices: 60,
  maxWaitHours: 3,
  maxConcurrency: 8,
  ledgerRequests: 500,
} as const;

/** What a durable execution may be (docs/design.md#longer-than-15-minutes), and what follows for a run. */
export const durable = {
  /** The service ends an execution that has more. */
  mostOperations: 3_000,
  mostSlices: 1_000,
  /** Slices that only look whether Harbor can go on; a day of waiting has 150. */
  mostWaits: 400,
} as const;

/**
 * Operations of an execution with this many slices, waiting ones included: a step for the request, one for each slice,
 * and a wait between two. Steps are not repeated by the service.
 */
export const durableOperations = (slices: number): number => 2 * slices;
