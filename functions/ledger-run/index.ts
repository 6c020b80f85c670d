import { ledgerSections } from '../store/ledger-section.ts';
import type { ManifestReading } from '../store/blob-index.ts';
import { memoryOf } from '../store/harbor-memory.ts';
import type { Policy } from '../domain/policy.ts';
import { formatInstant } from '../domain/instant.ts';
import { trashProjectOf } from '../domain/trash.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import { chooseManifests } from '../ledger/candidates.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { Budget, World } from '../ports.ts';
import type { Ledger } from '../report/ledger-schema.ts';
import type { Report } from '../report/report-schema.ts';
import type { HeldLease } from '../store/lease.ts';
export { OutOfTime } from './figures.ts';
import {
  type Looking,
  matchManifests,
  type MatchedManifests,
  OutOfTime,
  presentIn,
  sumKnown,
} from './figures.ts';
import { type BlobMemory, isDue, loadMemory, rememberFresh, rewrite } from './blob-memory.ts';
import { readManifests } from './reading.ts';
import { collectRows, positionsOf, sharesFor } from './rows.ts';
import { sectionOf } from './section.ts';
import { loadDraft } from '../store/plan-draft.ts';
import { type RunState } from '../store/run-state.ts';

interface LedgerTools {
  readonly world: World;
  readonly budget: Budget;
  readonly lease: Pick<HeldLease, 'confirm'>;
}

interface LedgerContext {
  readonly policy: Policy;
  readonly survey: Survey;
}

const linesPerShare = 40_000;

/**
 * Adds up what the plan frees, each blob counted once, and stores the figures, or why there are none.
 * @throws OutOfTime when the budget is used up; what was read until then is remembered
 */
export async function takeLedger(
  state: RunState,
  known: LedgerContext,
  tools: LedgerTools,
): Promise<void> {
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
      await ledgerSections.write(store, { kind: 'off', because }, state.runId);
      return;
    }
  }
  const summing = { ...looking, memory: read.memory };
  const sums = await sumKnown(summing, read.matched);
  const section = sectionOf({
    rows,
    matched: read.matched,
    sums,
    reading: read.reading,
    trash: trashProjectOf(known.policy),
  });
  await ledgerSections.write(store, section, state.runId);
  if (isDue(read.memory)) await forgetAbsent(summing, read.memory);
}

interface ReadMore {
  readonly memory: BlobMemory;
  readonly matched: MatchedManifests;
  readonly reading: ManifestReading;
}

/** Reads what is worth most, unless this run has, and looks what is known then. */
async function readMore(
  { state, known, looking }: { state: RunState; known: LedgerContext; looking: Looking },
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

/** Forgets what is gone from registry and trash, unless not all of them was seen. */
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

/** Requests with those of the ledger named apart. */
export function withLedger(
  requests: Report['requests'],
  ledger: Ledger | undefined,
): Report['requests'] {
  return ledger?.kind === 'figures' ? { ...requests, ledger: ledger.requests } : requests;
}
