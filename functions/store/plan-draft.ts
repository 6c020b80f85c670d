import * as z from 'zod';
import { defined } from '../domain/defined.ts';
import type { Instant } from '../domain/instant.ts';
import type { ActionPart, EmptyTotals, Family, LookAhead, PurgeTotals } from '../domain/plan.ts';
import type { FoundRegrets } from '../domain/regret.ts';
import type { RollOut, RollOutScope } from '../domain/roll-out.ts';
import { RetentionError } from '../errors.ts';
import { emptyPlan, type PlanSoFar } from '../plan/make-plan.ts';
import type { SetAside, TrimCutoff } from '../plan/trim-to-limits.ts';
import type { PartInfo, RunStore } from '../ports.ts';
import type { Distributions } from '../report/distributions.ts';
import type { Matched } from '../plan/matched.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { anyFields, anyList, document, withFields } from './document.ts';

/** A plan under way: sums, and where rows and actions lie. Stored whole, so that no part counts twice. */
export interface PlanDraft {
  /** `weigh`: with `oldestFirst`, everything is judged once to find the cutoff before anything is written. */
  readonly pass: 'weigh' | 'write';
  /** Parts judged in this pass. */
  readonly judged: number;
  readonly soFar: PlanSoFar;
  readonly families: readonly Family[];
  readonly cutoff?: TrimCutoff;
  /** How far the policy is rolled out; decided once, before anything is judged. */
  readonly rollOut?: RollOut & RollOutScope;
  /** What was missed since the roll-out began; absent where nobody could look. */
  readonly regrets?: FoundRegrets;
  readonly actions: readonly ActionPart[];
  readonly rows: readonly PartInfo[];
  /** Repositories on an approved list that are judged by the rules only, and why. */
  readonly refusedApprovals?: readonly { readonly repository: string; readonly because: string }[];
  /** What would go in the days to come. */
  readonly lookAhead?: readonly LookAhead[];
  readonly purge?: PurgeTotals;
  readonly empty?: EmptyTotals;
  /** Copies that are due and exceed a limit by themselves. */
  readonly purgesSetAside?: readonly SetAside[];
  /** Parts in which the trash lies as it was read, for the ledger. */
  readonly trashParts?: number;
  /** What the survey of the trash has to say. */
  readonly trashNotes?: readonly string[];
  /** Latest push or pull, by `project/repository`. */
  readonly lastActivity: Record<string, Instant>;
  /** What of the policy and its lists matched something; a draft of an older version has none. */
  readonly matched?: Matched;
  /** Ages and sizes of all rows; a draft of an older version has none. */
  readonly distributions?: Distributions;
}

export function newDraft(
  pass: PlanDraft['pass'],
  rollOut: PlanDraft['rollOut'] | undefined,
): PlanDraft {
  return {
    pass,
    judged: 0,
    soFar: emptyPlan,
    families: [],
    actions: [],
    rows: [],
    lastActivity: {},
    ...defined({ rollOut }),
  };
}

/** Only its frame is looked at: a draft may hold the sums of a hundred thousand repositories. */
export const drafts = document(
  (runId: string) => stateKeys(runId).draft,
  withFields<PlanDraft>()({
    pass: z.enum(['weigh', 'write']),
    judged: z.number(),
    soFar: anyFields,
    families: anyList,
    actions: anyList,
    rows: anyList,
    lastActivity: anyFields,
  }),
  { version: 1, whenDamaged: 'refuse', isNot: 'is no plan under way' },
);

/** The plan of a run that is being made; undefined before its first part. @throws RetentionError state-invalid */
export async function loadDraft(store: RunStore, runId: string): Promise<PlanDraft | undefined> {
  return await drafts.read(store, runId);
}

/** The same, where there must be one. @throws RetentionError state-invalid */
export async function requireDraft(store: RunStore, runId: string): Promise<PlanDraft> {
  const draft = await loadDraft(store, runId);
  if (draft !== undefined) return draft;
  throw new RetentionError(
    'state-invalid',
    `The plan of run ${runId} is gone from ${store.address}.`,
  );
}

export async function saveDraft(store: RunStore, runId: string, draft: PlanDraft): Promise<void> {
  await drafts.write(store, draft, runId);
}
