import { inUseKinds, inUseRegistry } from '../../functions/adapters/in-use/index.ts';
import { localPolicySource } from '../../functions/adapters/local-files.ts';
import type { JudgedAs } from '../../functions/backtest/backtest-policy.ts';
import type { UseWitness } from '../../functions/backtest/find-regrets.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { counted } from '../../functions/domain/format-numbers.ts';
import { listedImages } from '../../functions/domain/image-list.ts';
import type { Instant } from '../../functions/domain/instant.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import { RetentionError } from '../../functions/errors.ts';
import { readHoldLists } from '../../functions/inventory/hold-lists.ts';
import { inUseAsOf, listsAsOf } from '../../functions/inventory/lists-as-of.ts';
import { policyOf } from '../../functions/phases/policy-of.ts';
import type { RunStore } from '../../functions/ports.ts';
import type { Backtested, BacktestedPolicy } from '../../functions/report/backtested.ts';
import { pastRuns, type PastRun, type PastRuns } from '../../functions/store/past-runs.ts';
import { type ListReaders, listReaders } from '../list-readers.ts';
import { readOnlyStore } from '../read-only-store.ts';
import { backtestOver, type BacktestedSide, type SideResult } from './backtest-nights.ts';
import { blindNotes, substituteNotes } from './backtest-notes.ts';

export interface BacktestInput {
  readonly store: RunStore;
  /** File of the policy. */
  readonly policy: string;
  /** The newest nights, at most so many. */
  readonly nights: number;
  /** Whether the policy of the newest run is judged beside it. */
  readonly besideInForce: boolean;
  readonly as?: JudgedAs;
  readonly onNight?: (number: number, run: PastRun, of: number) => void;
}

/**
 * Judges a policy over the nights of a store, in which nothing is changed.
 * @throws RetentionError policy-invalid, policy-unreadable, report-not-found, state-invalid, store-…
 */
export async function backtestFacts(
  input: BacktestInput,
): Promise<Backtested & { readonly policy: Policy }> {
  const { policy: file, nights, besideInForce, as = {}, onNight } = input;
  const store = readOnlyStore(input.store);
  const text = await localPolicySource(file).load();
  const policy = policyOf(text, { inUse: { kinds: inUseKinds, open: neverOpened } });
  const past = await pastRuns(store, nights);
  const readers = listReaders(store, file);
  const inForce = besideInForce ? inForceIn(past, policy) : undefined;
  const last = past.runs.at(-1)?.takenAt ?? 0;
  const policies = [policy, ...(inForce?.policy === undefined ? [] : [inForce.policy])];
  const notes: string[] = inForce?.note === undefined ? [] : [inForce.note];
  const sides = [];
  for (const one of policies) sides.push(await sideOf(one, readers, { last, notes }));
  const witnesses = await witnessesOf(policies, readers, notes);
  const of = past.runs.length;
  const found = await backtestOver(past.runs, sides, {
    witnesses,
    as,
    ...(onNight && { onNight: (number, run) => onNight(number, run, of) }),
  });
  const [candidate, other] = found.sides;
  if (candidate === undefined) throw new Error('the first side is the candidate');
  notes.push(...blindNotes(found.blind), ...substituteNotes(found.sides, past));
  return {
    policy,
    harbor: past.harbor,
    nights: found.nights,
    candidate: resultOf(file, policy, candidate),
    ...(inForce?.policy === undefined || other === undefined
      ? {}
      : { inForce: resultOf(inForce.name, inForce.policy, other) }),
    passedOver: past.passedOver,
    notes: [...new Set(notes)],
  };
}

function neverOpened(): never {
  throw new Error('lists are opened by their readers');
}

interface InForce {
  readonly name: string;
  readonly policy?: Policy;
  readonly note?: string;
}

/** The policy of the newest run; undefined if it is the candidate itself. */
function inForceIn({ runs }: PastRuns, candidate: Policy): InForce | undefined {
  const newest = runs.at(-1);
  if (newest === undefined) return undefined;
  const { runId, policy } = newest;
  const name = `${policy.name} of run ${runId}`;
  const loaded = loadPolicy(policy.text, { name: policy.name, inUseSources: inUseKinds });
  if (!loaded.ok)
    return {
      name,
      note: `the policy of run ${runId} can't be read by this version, so that it is not judged beside this one`,
    };
  return loaded.policy.hash === candidate.hash ? undefined : { name, policy: loaded.policy };
}

/** Reads the lists of a policy as of the newest night, which is the oldest that they may be. */
async function sideOf(
  policy: Policy,
  readers: ListReaders,
  { last, notes }: { readonly last: Instant; readonly notes: string[] },
): Promise<BacktestedSide> {
  const readDigestList = listsAsOf(readers.readDigestList, last);
  const registry = inUseRegistry({ readList: readDigestList, openFolder: readers.openFolder });
  const sources = inUseAsOf(registry, last);
  const inUse = policy.inUse.map((config) => sources.open(config));
  const lists = await readHoldLists({ inUse, readDigestList }, policy, last);
  for (const { code, on, message } of lists.warnings)
    if (code !== 'in-use-nearly-old') notes.push(`${on}: ${message}`);
  return { policy, now: lists };
}

/** What lists that say when they were written say of today. */
async function witnessesOf(
  policies: readonly Policy[],
  { readDigestList, openFolder }: ListReaders,
  notes: string[],
): Promise<readonly UseWitness[]> {
  const registry = inUseRegistry({ readList: readDigestList, openFolder });
  const configs = new Map(
    policies.flatMap(({ inUse }) => inUse.map((config) => [JSON.stringify(config), config])),
  );
  const witnesses: UseWitness[] = [];
  const undated = new Set<string>();
  for (const config of configs.values()) {
    try {
      for (const { name, entries, writtenAt } of await registry.open(config).read()) {
        if (entries.length === 0) continue;
        if (writtenAt === 'unknown') undated.add(name);
        else witnesses.push({ images: listedImages(entries), at: writtenAt, isDated: true });
      }
    } catch (error) {
      // It is noted where what it holds is read.
      if (!(error instanceof RetentionError)) throw error;
    }
  }
  if (undated.size > 0)
    notes.push(
      `${counted(undated.size, 'list')} of images in use ${undated.size === 1 ? 'does' : 'do'} not say when written, so that nothing in use now follows from it: ${[...undated].join(', ')}`,
    );
  return witnesses;
}

function resultOf(name: string, policy: Policy, result: SideResult): BacktestedPolicy {
  const { hash, trash } = policy;
  return { name, hash, trash, nights: result.nights, watched: result.watched };
}
