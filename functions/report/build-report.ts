import { defined } from '../domain/defined.ts';
import type { Instant, Known } from '../domain/instant.ts';
import { formatInstant } from '../domain/instant.ts';
import { day } from '../domain/duration.ts';
import type { LookAhead, Plan } from '../domain/plan.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { HarborFacts } from '../domain/registry.ts';
import type { Warning } from '../domain/warning.ts';
import type { Distributions } from './distributions.ts';
import { type Report, reportSchemaVersion } from './report-schema.ts';
import { counted, inNumbers } from '../domain/format-numbers.ts';
import { rollOutIn } from './roll-out-section.ts';
import { waitsLine } from './roll-out-words.ts';

/** What a run knows of itself when it reports; the parts that it did not reach are undefined. */
export interface ReportFacts {
  readonly run: {
    readonly id: string;
    readonly mode: 'dry-run' | 'apply';
    readonly end: Report['run']['end'];
    readonly startedAt: Instant;
    /** Only in a look ahead: the moment that it judges by. */
    readonly judgedAt?: Instant;
    readonly finishedAt?: Instant;
    readonly slices: number;
  };
  readonly policy: { readonly hash: string; readonly name: string; readonly version?: string };
  readonly harbor: HarborFacts | undefined;
  readonly plan: Plan | undefined;
  readonly fingerprint?: string;
  readonly ranking: Report['ranking'];
  readonly emptyRepositories: Report['emptyRepositories'];
  /** Per `project/repository`: latest push or pull. */
  readonly lastActivity: ReadonlyMap<string, Instant>;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
  readonly requests: Report['requests'];
  readonly reused?: NonNullable<Report['reused']>;
  readonly durationsMs: Readonly<Record<string, number>>;
  readonly parts: Report['artifacts']['parts'];
  readonly lookAhead?: readonly LookAhead[] | undefined;
  readonly trash?: NonNullable<Report['trash']>;
  readonly ledger?: NonNullable<Report['ledger']> | undefined;
  readonly garbageCollection?: NonNullable<Report['garbageCollection']>;
  readonly applied?: NonNullable<Report['applied']>;
  readonly distributions?: Distributions | undefined;
  readonly unmatched?: Report['unmatched'];
  /** Keys of the signs of regret that somebody has acknowledged. */
  readonly acknowledgedRegrets?: readonly string[];
  readonly trend?: NonNullable<Report['trend']>;
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** The report of a run, however far it came. Pure. */
export function buildReport(facts: ReportFacts): Report {
  const { run, plan, harbor } = facts;
  let rows = 0;
  for (const part of facts.parts) rows += part.lines;
  return {
    schemaVersion: reportSchemaVersion,
    run: {
      id: run.id,
      mode: run.mode,
      end: run.end,
      startedAt: formatInstant(run.startedAt),
      ...(run.judgedAt === undefined ? {} : { judgedAt: formatInstant(run.judgedAt) }),
      ...(run.finishedAt === undefined ? {} : { finishedAt: formatInstant(run.finishedAt) }),
      slices: run.slices,
    },
    headline: headline(facts),
    policy: facts.policy,
    ...(harbor === undefined ? {} : { harbor: harborOf(harbor) }),
    ...(plan === undefined ? {} : { totals: plan.population, planId: plan.id }),
    ...defined({ fingerprint: facts.fingerprint }),
    rules: [...(plan?.rules ?? [])],
    reasons: [...(plan?.reasons ?? [])],
    repositories: repositoriesOf(facts),
    ranking: facts.ranking,
    emptyRepositories: facts.emptyRepositories,
    refusals: [...facts.refusals],
    warnings: [...facts.warnings],
    canaries: [...(plan?.canaries ?? [])],
    ...(facts.lookAhead === undefined
      ? {}
      : { lookAhead: facts.lookAhead.map(dated(run.judgedAt ?? run.startedAt)) }),
    ...defined({ rollOut: plan && rollOutIn(plan, facts.acknowledgedRegrets) }),
    requests: facts.requests,
    ...defined({ reused: facts.reused }),
    durationsMs: { ...facts.durationsMs },
    artifacts: { rows, parts: [...facts.parts] },
    ...defined({ trash: facts.trash, ledger: facts.ledger }),
    ...(facts.garbageCollection === undefined
      ? {}
      : { garbageCollection: facts.garbageCollection }),
    ...defined({ applied: facts.applied, unmatched: facts.unmatched }),
    ...(facts.distributions === undefined ? {} : { distributions: mutable(facts.distributions) }),
    ...defined({ trend: facts.trend, error: facts.error }),
  };
}

function mutable({ ages, ageUnknown, sizes }: Distributions): NonNullable<Report['distributions']> {
  return { ages: [...ages], ageUnknown, sizes: [...sizes] };
}

function dated(now: Instant) {
  return (one: LookAhead): NonNullable<Report['lookAhead']>[number] => ({
    days: one.days,
    at: formatInstant(now + one.days * day),
    deletions: one.deletions,
    bytes: one.bytes,
    rules: [...one.rules],
    repositories: [...one.repositories],
  });
}

function harborOf(harbor: HarborFacts): Report['harbor'] {
  return {
    url: harbor.url,
    version: harbor.version,
    currentTime: orNull(harbor.currentTime, formatInstant),
    readOnly: harbor.readOnly === 'unknown' ? null : harbor.readOnly,
    clockSkewMs: orNull(harbor.currentTime, (time) => Math.round(time - harbor.measuredAt)),
  };
}

function orNull<T, U>(fact: Known<T>, map: (value: T) => U): U | null {
  return fact === 'unknown' ? null : map(fact as T);
}

function repositoriesOf(facts: ReportFacts): Report['repositories'] {
  const scores = new Map(
    facts.ranking.map((ranked) => [`${ranked.project}/${ranked.repository}`, ranked.score]),
  );
  return (facts.plan?.repositories ?? []).map((totals) => {
    const name = `${totals.project}/${totals.repository}`;
    const score = scores.get(name);
    const activity = facts.lastActivity.get(name);
    return {
      ...totals,
      createdAt: orNull(totals.createdAt, formatInstant),
      updatedAt: orNull(totals.updatedAt, formatInstant),
      ...(activity === undefined ? {} : { lastActivity: formatInstant(activity) }),
      ...defined({ score }),
    };
  });
}

/** What a person must know before anything else, worst first. */
function headline(facts: ReportFacts): string[] {
  const { run, plan, refusals, error } = facts;
  const lines: string[] = [];
  if (run.judgedAt !== undefined) {
    const then = formatInstant(run.judgedAt).slice(0, 16).replace('T', ' ');
    lines.push(
      `A look ahead to ${then} UTC, as if nothing were pushed, pulled or relabelled until then.`,
    );
  }
  if (error !== undefined) lines.push(`The run failed: ${error.message} ${error.remedy}`);
  if (run.end === 'unfinished') {
    lines.push(
      'The run is not finished: it was cut off, or is still going. The next slice continues it.',
    );
  }
  if (refusals.length > 0) {
    lines.push(
      `The plan is refused for ${counted(refusals.length, 'reason')}: nothing is deleted.`,
    );
  }
  if (plan !== undefined) {
    const { unplannable, repositories, deletions, artifacts, tagRemovals } = plan.population;
    if (unplannable > 0) {
      lines.push(
        `${unplannable} of ${counted(repositories, 'repository', 'repositories')} could not be read whole and ${unplannable === 1 ? 'is' : 'are'} left untouched.`,
      );
    }
    const { applied } = facts;
    const planned = run.mode === 'dry-run' ? 'would be deleted' : 'are condemned';
    const verb = applied === undefined ? planned : 'were deleted';
    const removed = applied?.removedTags ?? tagRemovals;
    const tags = removed === 0 ? '' : `, and ${counted(removed, 'single tag')} removed`;
    const count = applied?.deleted ?? deletions;
    lines.push(`${inNumbers(count)} of ${counted(artifacts, 'artifact')} ${verb}${tags}.`);
    lines.push(...emptyLine(facts), ...waitsLine(rollOutIn(plan)));
    if (applied !== undefined && applied.deleted < deletions) {
      lines.push(
        `${deletions - applied.deleted} more were condemned and are still there, or were gone before.`,
      );
    }
  }
  return lines;
}

/** Empty repositories that go, or went. */
function emptyLine({ run, emptyRepositories, applied }: ReportFacts): readonly string[] {
  if (emptyRepositories.length === 0) return [];
  const planned = inNumbers(emptyRepositories.length);
  if (applied !== undefined)
    return [`Empty repositories removed: ${inNumbers(applied.removedRepositories)} of ${planned}.`];
  const verb = run.mode === 'dry-run' ? 'would be' : 'were to be';
  return [`Empty repositories that ${verb} removed: ${planned}.`];
}
