import { expect, test } from '@jest/globals';
import { runRequest, type RequestResult } from '../../functions/config/run-request.ts';

const now = Date.parse('2026-11-21T03:31:00Z');
const unarmed = { apply: false, startWithinHours: 3 };
const armed = { apply: true, startWithinHours: 3 };

const problemsOf = (result: RequestResult): string =>
  result.ok ? 'accepted' : `${result.code}: ${result.problems.join('; ')}`;

const scheduled = {
  scheduledTime: '2026-11-21T03:30:00Z',
  executionId: 'd32c5kddcf5bb8c3',
  attemptNumber: '1',
};

const classic = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-11-21T03:30:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/nightly'],
  detail: {},
};

test.each<[string, unknown]>([
  ['the schedule', scheduled],
  ['an EventBridge rule', classic],
  ['the schedule, in another time zone', { scheduledTime: '2026-11-21T04:30:00+01:00' }],
])('a start by %s is named by its scheduled time', (_name, event) => {
  expect(runRequest(event, unarmed, now)).toEqual({
    ok: true,
    request: { runId: '2026-11-21T033000Z', mode: 'dry-run', isScheduled: true },
  });
});

test('a second delivery of the same start names the same run', () => {
  const again = { ...scheduled, attemptNumber: '2' };
  expect(runRequest(again, unarmed, now + 60_000)).toEqual(runRequest(scheduled, unarmed, now));
});

test.each<[unknown]>([[{}], [null], [undefined]])(
  'a start by hand with %j is named by the present time',
  (event) => {
    expect(runRequest(event, unarmed, now)).toMatchObject({
      request: { runId: '2026-11-21T033100Z', mode: 'dry-run' },
    });
  },
);

test('a run that is named goes on, however old it is', () => {
  const event = { runId: '2026-10-01T033000Z', scheduledTime: '2026-10-01T03:30:00Z' };
  expect(runRequest(event, unarmed, now)).toMatchObject({ request: { runId: event.runId } });
});

test.each([
  [unarmed, undefined, 'dry-run'],
  [unarmed, true, 'dry-run'],
  [armed, undefined, 'apply'],
  [armed, true, 'dry-run'],
  [armed, false, 'apply'],
] as const)('deployment %j with dryRun %j is %s', (deployment, dryRun, mode) => {
  const event = dryRun === undefined ? scheduled : { ...scheduled, dryRun };
  expect(runRequest(event, deployment, now)).toMatchObject({ ok: true, request: { mode } });
});

test('asking an unarmed deployment to delete is refused, not bent into a dry run', () => {
  expect(problemsOf(runRequest({ ...scheduled, dryRun: false }, unarmed, now))).toContain(
    'event-invalid: "dryRun" is false, but this deployment is not armed',
  );
});

test.each<[string, unknown, string]>([
  ['a string for a boolean', { dryRun: 'false' }, '"dryRun" must be true or false, without quotes'],
  ['a number for a boolean', { dryRun: 0 }, '"dryRun" must be true or false'],
  ['null for a boolean', { dryRun: null }, '"dryRun" must be true or false'],
  ['a misspelt key', { dryrun: true }, 'unknown keys: dryrun; known are scheduledTime'],
  ['no object', 'run', 'the event is not a JSON object'],
  ['a list', [], 'the event is not a JSON object'],
  ['a date without time', { scheduledTime: '2026-11-21' }, '"scheduledTime" must be a time'],
  ['a time without zone', { scheduledTime: '2026-11-21T03:30:00' }, '"scheduledTime" must be'],
  [
    "the schedule's own variable",
    { scheduledTime: '<aws.scheduler.scheduled-time>' },
    '"scheduledTime" is a variable that only EventBridge Scheduler fills in',
  ],
  ['a path for an id', { runId: '../../latest' }, '"runId" must be the id of a run'],
  ['a day that is none', { runId: '2026-13-41T033000Z' }, '"runId" must be the id of a run'],
  ['a string in a classic event', { ...classic, detail: { dryRun: 'true' } }, '"detail.dryRun"'],
  ['a classic event without time', { ...classic, time: undefined }, '"time" must be a time'],
])('an event with %s is refused in words', (_name, event, problem) => {
  const found = problemsOf(runRequest(event, armed, now));
  expect(found).toContain('event-invalid');
  expect(found).toContain(problem);
});

test('all problems of an event come at once', () => {
  const found = problemsOf(runRequest({ dryRun: 'no', runId: 7, force: true }, armed, now));
  for (const part of ['"dryRun"', '"runId"', 'force']) expect(found).toContain(part);
});

test('a start of exactly the allowed age runs, one a second older does not', () => {
  const at = Date.parse(scheduled.scheduledTime);
  const hours = 3 * 3_600_000;
  expect(runRequest(scheduled, armed, at + hours).ok).toBe(true);
  expect(problemsOf(runRequest(scheduled, armed, at + hours + 1000))).toBe(
    'start-too-late: This start was scheduled for 2026-11-21T03:30:00.000Z and came 3.0 h later; up to 3 h are allowed',
  );
});

test('a start from the future is a mistake', () => {
  const at = Date.parse(scheduled.scheduledTime);
  expect(runRequest(scheduled, armed, at - 60_000).ok).toBe(true);
  expect(problemsOf(runRequest(scheduled, armed, at - 600_000))).toContain('lies in the future');
});

test('an approved list must lie where the function may read it, and everything is said at once', () => {
  const lists = { bucket: 'reports', prefix: 'harbor/lists/' };
  const asked = (bucket: string, key: string) =>
    runRequest({ approved: { bucket, key }, dryRun: false }, { ...unarmed, lists }, now);
  expect(problemsOf(asked('mine', 'approved.yaml'))).toBe(
    'event-invalid: "dryRun" is false, but this deployment is not armed: its setting `apply` is off; "approved" names s3://mine/approved.yaml, which the function may not read: put the list below s3://reports/harbor/lists/',
  );
  expect(problemsOf(asked('reports', 'harbor/reports/approved.yaml'))).toContain(
    'put the list below',
  );
  expect(problemsOf(asked('reports', 'harbor/lists/approved.yaml'))).not.toContain('put the list');
  const armedThere = { ...armed, lists };
  const event = { approved: { bucket: 'reports', key: 'harbor/lists/approved.yaml' } };
  expect(runRequest(event, armedThere, now)).toMatchObject({
    ok: true,
    request: { approved: { kind: 's3', ...event.approved } },
  });
});
