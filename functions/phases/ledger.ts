import { memoryOf } from '../store/harbor-memory.ts';
import type { Policy } from '../domain/policy.ts';
import { formatInstant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import { chooseManifests } from '../ledger/candidates.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { Budget, RunStore, World } from '../ports.ts';
import type { Ledger } from '../report/ledger-schema.ts';
import type { Report } from '../report/report-schema.ts';
import type { HeldLease } from '../store/lease.ts';
import {
  type Looking,
  matchManifests,
  type Matched,
  OutOfTime,
  presentIn,
  sumKnown,
} from '../ledger-run/figures.ts';
import {
  type BlobMemory,
  isDue,
  loadMemory,
  rememberFresh,
  rewrite,
} from '../ledger-run/blob-memory.ts';
import { readManifests, type Reading } from '../ledger-run/reading.ts';
import { collectRows, positionsOf, sharesFor } from '../ledger-run/rows.ts';
import { sectionOf } from '../ledger-run/section.ts';
import { loadDraft } from '../store/plan-draft.ts';
import { type RunState, stateKeys } from '../store/run-state.ts';

export interface LedgerTools {
  readonly world: World;
  readonly budget: Budget;
  readonly lease: Pick<HeldLease, 'confirm'>;
}

interface Known {
  readonly policy: Policy;
  readonly survey: Survey;
}

/** Artifacts whose rows fit beside everything else into 512 MB. */
const mostArtifacts = 2_000_000;
const linesPerShare = 40_000;
/** Slices that may end in the middle of it. */
const mostTries = 2;

/**
 * Adds up what the plan frees, each blob counted once. It only makes figures for the report: whatever goes wrong in it
 * leaves them out, and the run goes on.
 */
export async function ledgerStep(
  state: RunState,
  known: Known,
  tools: LedgerTools,
): Promise<RunState> {
  const { store, ledger: wanted, telemetry, manifests } = tools.world;
  const done: RunState = { ...state, phase: 'guard' };
  if (wanted === undefined || manifests === undefined) return done;
  if ((await loadLedger(store, state.runId)) !== undefined) return done;
  const off = async (because: string): Promise<RunState> => {
    await saveLedger(store, state.runId, { kind: 'off', because });
    return done;
  };
  if (wanted.maxRequests === 0) return await off('It is switched off in the settings.');
  if (state.artifactsRead > mostArtifacts) {
    return await off(`There are more than ${mostArtifacts} artifacts.`);
  }
  try {
    return (await takeLedger(state, known, tools)) ?? done;
  } catch (error) {
    if (error instanceof OutOfTime) {
      const ledgerTries = (state.ledgerTries ?? 0) + 1;
      if (ledgerTries < mostTries) return { ...state, ledgerTries };
      return await off('It did not come to its end within two slices; raise sliceMinutes.');
    }
    if (!isHarmless(error)) throw error;
    telemetry.warn('ledger of blobs failed', { because: error.message });
    return await off(`It failed: ${error.message}`);
  }
}

/** Errors of others, and mistakes of ours in code that decides nothing; not the end of the process, nor of the lease. */
function isHarmless(error: unknown): error is Error {
  if (error instanceof RetentionError) return error.code !== 'lease-held';
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** Undefined: done. */
async function takeLedger(
  state: RunState,
  known: Known,
  tools: LedgerTools,
): Promise<RunState | undefined> {
  const { world, budget, lease } = tools;
  const { store } = world;
  const draft = await loadDraft(store, state.runId);
  if (draft === undefined) throw new RetentionError('state-invalid', 'The plan is gone.');
  const checkTime = async (): Promise<void> => {
    if (!budget.hasTime()) throw new OutOfTime();
    await lease.confirm();
  };
  await checkTime();
  const remembered = memoryOf(store, known.survey.registry.harbor.url);
  const memory = await loadMemory(remembered);
  const rows = await collectRows(state, { survey: known.survey, draft }, store);
  const looking: Looking = { runId: state.runId, rows, memory, store, remembered, checkTime };
  const read = await readMore({ state, known, looking }, tools);
  if (read.memory.index.off !== undefined) {
    const { because } = read.memory.index.off;
    if (world.clock.now() < read.memory.index.off.until) {
      await saveLedger(store, state.runId, { kind: 'off', because });
      return undefined;
    }
  }
  const summing = { ...looking, memory: read.memory };
  const sums = await sumKnown(summing, read.matched);
  const { trash } = known.policy;
  const section = sectionOf({
    rows,
    matched: read.matched,
    sums,
    reading: read.reading,
    trash: trash === 'off' ? undefined : trash.project,
  });
  await saveLedger(store, state.runId, section);
  if (isDue(read.memory)) await forgetAbsent(summing, read.memory);
  return undefined;
}

interface ReadMore {
  readonly memory: BlobMemory;
  readonly matched: Matched;
  readonly reading: Reading;
}

/** Reads what is worth most, unless this run has, and looks what is known then. */
async function readMore(
  { state, known, looking }: { state: RunState; known: Known; looking: Looking },
  { world, budget, lease }: LedgerTools,
): Promise<ReadMore> {
  const { memory, rows } = looking;
  const earlier = memory.index.fresh.find(({ by }) => by === state.runId)?.reading;
  const maxRequests = world.ledger?.maxRequests ?? 0;
  const refusing = positionsOf(rows, memory.index.refusing ?? []);
  const { offer, chosen } = chooseManifests(maxRequests, { ...rows.near, refusing });
  const proxies = new Set(
    known.survey.projects.flatMap(({ name, isProxyCache }) => (isProxyCache ? [name] : [])),
  );
  const isReadable = ({ repositories }: Manifest): boolean =>
    repositories.some((at) => !proxies.has(rows.repositories[at]?.project ?? ''));
  const matched = await matchManifests(looking, (manifest) => {
    if (isReadable(manifest)) offer(manifest);
  });
  if (earlier !== undefined) return { memory, matched, reading: earlier };
  const { off } = memory.index;
  const month = formatInstant(world.clock.now()).slice(0, 7);
  const isOff = off !== undefined && world.clock.now() < off.until;
  const { reading, ...end } = await readManifests(
    {
      manifests: isOff ? [] : chosen(),
      repositories: rows.repositories,
      proxies,
      circumstances: `${known.survey.registry.harbor.version} ${month}`,
      probed: memory.index.probed,
      maxRequests,
    },
    { world, budget, lease },
  );
  if (isOff) return { memory, matched, reading };
  const after = await rememberFresh(looking.remembered, memory, {
    by: state.runId,
    reading,
    ...end,
  });
  if (end.lines.length === 0) return { memory: after, matched, reading };
  const again = await matchManifests({ ...looking, memory: after }, () => undefined);
  return { memory: after, matched: again, reading };
}

/** Of what is gone from registry and trash nothing is remembered; unless not all of it was seen. */
async function forgetAbsent(looking: Looking, memory: BlobMemory): Promise<void> {
  const { rows, runId, remembered } = looking;
  const lines = (memory.index.shares?.lines ?? 0) + memory.fresh.size;
  const seesAll = rows.unlisted.size === 0;
  await rewrite(remembered, memory, {
    by: runId,
    count: Math.max(rows.shares, sharesFor(lines, linesPerShare)),
    present: async (share, count) =>
      seesAll ? await presentIn(looking, { share, count }) : () => true,
  });
}

/** What an earlier slice, or this one, found; undefined: nothing yet, or it was not asked for. */
export async function loadLedger(store: RunStore, runId: string): Promise<Ledger | undefined> {
  const stored = await store.read(stateKeys(runId).ledger);
  return stored === undefined ? undefined : (JSON.parse(stored.text) as Ledger);
}

async function saveLedger(store: RunStore, runId: string, ledger: Ledger): Promise<void> {
  await store.write(stateKeys(runId).ledger, JSON.stringify(ledger), 'application/json');
}

/** Requests with those of the ledger named apart. */
export function withLedger(
  requests: Report['requests'],
  ledger: Ledger | undefined,
): Report['requests'] {
  return ledger?.kind === 'figures' ? { ...requests, ledger: ledger.requests } : requests;
}
