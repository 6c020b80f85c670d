import * as z from 'zod';
import { defined } from '../domain/defined.ts';
import type { Instant } from '../domain/instant.ts';
import { formatInstant } from '../domain/instant.ts';
import { runIdAt, timeOfRun } from '../domain/run-id.ts';

/** What the deployment has decided about every run. */
export interface Deployment {
  /** Armed: runs may delete (docs/arming.md#6-arm-the-deployment). */
  readonly apply: boolean;
  /** A start later than this after its scheduled time is refused. */
  readonly startWithinHours: number;
  /** Where a list that an event names must lie, since the function may read nothing else. Absent: anywhere. */
  readonly lists?: { readonly bucket: string; readonly prefix: string };
}

export interface Requested {
  /** `2026-11-21T033000Z`: sorts by time, and is the same for every delivery of one start. */
  readonly runId: string;
  readonly mode: 'dry-run' | 'apply';
  /** A start of the schedule, which may be delivered twice. */
  readonly isScheduled?: boolean;
  /** The event says that a policy no run has seen yet may be applied at once. */
  readonly applyNewPolicy?: boolean;
  readonly fresh?: boolean;
  /** Fingerprints of refusals that a person has looked at and lets pass. */
  readonly acknowledge?: readonly string[];
  /** A list of repositories that a person allowed to go whole. */
  readonly approved?: { readonly kind: 's3'; readonly bucket: string; readonly key: string };
  /** Instead of a run: put back what an earlier one deleted. */
  readonly restore?: AskedRestore;
}

/** What an event asks to be put back: of one run, or of all that lies in a trash project. */
export interface AskedRestore {
  readonly runId?: string | undefined;
  readonly fromTrash?: string | undefined;
  /** `project/repository[:tag|@digest]`; none: everything. */
  readonly only: readonly string[];
  /** False: says what would be done. */
  readonly apply: boolean;
}

export type RequestResult =
  | { readonly ok: true; readonly request: Requested }
  | {
      readonly ok: false;
      readonly code: 'event-invalid' | 'start-too-late';
      readonly problems: readonly [string, ...string[]];
    };

const HOUR = 3_600_000;

/** Clocks of the services differ a little; a start from further ahead is a mistake. */
const AHEAD = 5 * 60_000;

const dryRun = z.boolean({ error: 'must be true or false, without quotes' }).optional();

const scheduledTime = z.iso.datetime({
  offset: true,
  error: (issue) =>
    String(issue.input).startsWith('<aws.scheduler.')
      ? 'is a variable that only EventBridge Scheduler fills in, in the schedule itself: leave it out'
      : 'must be a time such as 2026-11-21T03:30:00Z',
});

const runId = z
  .string({ error: 'must be the id of a run, such as 2026-11-21T033000Z' })
  .refine((id) => timeOfRun(id) !== undefined, {
    error: 'must be the id of a run, such as 2026-11-21T033000Z',
  });

const restore = z
  .strictObject({
    runId: runId.optional(),
    fromTrash: z.string().min(1).optional(),
    only: z.array(z.string()).default([]),
    apply: z.boolean({ error: 'must be true or false, without quotes' }).default(false),
  })
  .refine((asked) => (asked.runId === undefined) !== (asked.fromTrash === undefined), {
    error: 'needs either runId or fromTrash',
  });

/** What EventBridge Scheduler sends, and what people send by hand. */
const direct = z.strictObject({
  scheduledTime: scheduledTime.optional(),
  executionId: z.string().optional(),
  attemptNumber: z.string().optional(),
  runId: runId.optional(),
  dryRun,
  applyNewPolicy: z.boolean({ error: 'must be true or false, without quotes' }).optional(),
  fresh: z.boolean({ error: 'must be true or false, without quotes' }).optional(),
  acknowledge: z
    .array(
      z.string().regex(/^[0-9a-f]{12}$/, {
        error: 'must be the fingerprint of a refusal, 12 hexadecimal digits',
      }),
      { error: 'must be a list of fingerprints' },
    )
    .optional(),
  approved: z.strictObject({ bucket: z.string().min(1), key: z.string().min(1) }).optional(),
  restore: restore.optional(),
});

/** What an EventBridge rule sends; its `detail` may say the same as a direct event. */
const classic = z.object({
  'detail-type': z.string(),
  time: scheduledTime,
  detail: z.strictObject({ runId: runId.optional(), dryRun }).optional(),
});

interface Event {
  readonly scheduledAt: Instant | undefined;
  readonly runId: string | undefined;
  readonly dryRun: boolean | undefined;
  readonly applyNewPolicy?: boolean | undefined;
  readonly fresh?: boolean | undefined;
  readonly acknowledge?: readonly string[] | undefined;
  readonly approved?: { readonly bucket: string; readonly key: string } | undefined;
  readonly restore?: AskedRestore | undefined;
}

const instantOf = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : Date.parse(text);

const classicEvent = classic.transform(({ time, detail }): Event => ({
  scheduledAt: instantOf(time),
  runId: detail?.runId,
  dryRun: detail?.dryRun,
}));

const directEvent = direct.transform((event): Event => ({
  scheduledAt: instantOf(event.scheduledTime),
  runId: event.runId,
  dryRun: event.dryRun,
  applyNewPolicy: event.applyNewPolicy,
  fresh: event.fresh,
  acknowledge: event.acknowledge,
  approved: event.approved,
  restore: event.restore,
}));

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `the event has unknown keys: ${issue.keys.join(', ')}; known are scheduledTime, executionId, attemptNumber, runId, dryRun, applyNewPolicy, fresh, acknowledge, approved, restore`;
  if (issue.path.length === 0) return 'the event is not a JSON object';
  return `"${issue.path.join('.')}" ${issue.message}`;
}

function lateness(event: Event, deployment: Deployment, now: Instant): RequestResult | undefined {
  // A run named by its id is asked for on purpose, however old it is.
  if (event.scheduledAt === undefined || event.runId !== undefined) return undefined;
  const late = now - event.scheduledAt;
  const scheduled = formatInstant(event.scheduledAt);
  if (late < -AHEAD)
    return {
      ok: false,
      code: 'event-invalid',
      problems: [`"scheduledTime" ${scheduled} lies in the future`],
    };
  if (late <= deployment.startWithinHours * HOUR) return undefined;
  const hours = (late / HOUR).toFixed(1);
  return {
    ok: false,
    code: 'start-too-late',
    problems: [
      `This start was scheduled for ${scheduled} and came ${hours} h later; up to ${deployment.startWithinHours} h are allowed`,
    ],
  };
}

function parse(event: unknown): z.ZodSafeParseResult<Event> {
  const isClassic = typeof event === 'object' && event !== null && 'detail-type' in event;
  // A start by hand from the console or the command line may come without any payload.
  return isClassic ? classicEvent.safeParse(event) : directEvent.safeParse(event ?? {});
}

/** What an event asks for that this deployment does not allow. */
function against(
  { dryRun: dry, approved }: Event,
  { apply, lists }: Deployment,
): readonly string[] {
  const problems: string[] = [];
  if (dry === false && !apply)
    problems.push(
      '"dryRun" is false, but this deployment is not armed: its setting `apply` is off',
    );
  if (approved === undefined || lists === undefined) return problems;
  const { bucket, key } = approved;
  if (bucket !== lists.bucket || !key.startsWith(lists.prefix))
    problems.push(
      `"approved" names s3://${bucket}/${key}, which the function may not read: put the list below s3://${lists.bucket}/${lists.prefix}`,
    );
  return problems;
}

/**
 * Which run an event asks for. Dry unless the deployment is armed and the event does not say
 * otherwise; an event that asks an unarmed deployment to delete is refused rather than bent.
 * `now` names a run that was started by hand.
 */
export function runRequest(event: unknown, deployment: Deployment, now: Instant): RequestResult {
  const parsed = parse(event);
  if (!parsed.success) {
    const [first = 'the event is invalid', ...rest] = parsed.error.issues.map(issueText);
    return { ok: false, code: 'event-invalid', problems: [first, ...rest] };
  }
  const asked = parsed.data;
  const late = lateness(asked, deployment, now);
  if (late !== undefined) return late;
  const [problem, ...more] = against(asked, deployment);
  if (problem !== undefined)
    return { ok: false, code: 'event-invalid', problems: [problem, ...more] };
  return {
    ok: true,
    request: {
      runId: asked.runId ?? runIdAt(asked.scheduledAt ?? now),
      mode: deployment.apply && asked.dryRun !== true ? 'apply' : 'dry-run',
      ...(asked.scheduledAt !== undefined && asked.runId === undefined
        ? { isScheduled: true }
        : {}),
      ...(asked.applyNewPolicy === true ? { applyNewPolicy: true } : {}),
      ...(asked.fresh === true ? { fresh: true } : {}),
      ...defined({ acknowledge: asked.acknowledge }),
      ...(asked.approved === undefined
        ? {}
        : { approved: { kind: 's3' as const, ...asked.approved } }),
      ...defined({ restore: asked.restore }),
    },
  };
}
