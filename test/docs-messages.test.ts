// docs/messages.md has every code that the program can say, and none that it can't.
import type { CollectionState } from '../functions/domain/collection.ts';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { exitCodes } from '../bin/exit-codes.ts';
import type { Result } from '../functions/domain/outcome.ts';
import { loadPolicy } from '../functions/config/load-policy.ts';
import { warnings } from '../functions/config/warnings.ts';
import { reasonMeanings } from '../functions/domain/reason.ts';
import { warningMeanings } from '../functions/domain/warning.ts';
import { remedies } from '../functions/errors.ts';
import { rails } from '../functions/guard/index.ts';
import { occasions } from '../functions/notices/occasions/index.ts';
import { reportSchema } from '../functions/report/report-schema.ts';
import { alwaysOn, configured } from '../functions/rules/protect/index.ts';
import { stackOf } from './lib/stack-of.ts';
import { tableBelow } from './support/pages.ts';

// Records, so that the compiler misses what is new.
const results: Readonly<Record<Result['result'], true>> = {
  done: true,
  'already-gone': true,
  changed: true,
  protected: true,
  refused: true,
  'trash-full': true,
  failed: true,
  uncertain: true,
  'not-attempted': true,
};
const collections: Readonly<Record<CollectionState['kind'], true>> = {
  intended: true,
  running: true,
  ended: true,
  'not-started': true,
};
const refusers: Readonly<Record<(Result & { result: 'refused' })['by'], true>> = {
  'sign-in': true,
  permission: true,
  'read-only': true,
  quota: true,
  csrf: true,
};

/** Those of a deployment with everything. */
function alarmIds(): string[] {
  const { construct } = stackOf(() => ({ workloads: { ecs: [{ scope: 'prod' }] } }));
  return construct.node
    .findAll()
    .filter((one) => one instanceof Alarm)
    .map(({ node }) => node.id);
}

/** Between them they do all that may not be meant. */
const doubtful = [
  `version: 1
rules: []
`,
  `version: 1
rules:
  - name: doubtful
    select: { projects: ['**'], untagged: true, exclude: { tags: [x] } }
    keep: { pushedWithin: 7d }
  - name: grouped
    select: { projects: ['**'], tags: ['**'], types: [IMAGES] }
    keep: { pushedWithin: 7d, groupBy: '/^(?<group>.+)-[0-9]+$/' }
protect: { tags: [], keepAtLeast: 0 }
trash: off
limits: { maxDeletions: unlimited, maxDeletionsPercent: unlimited }
`,
  `version: 1
rules:
  - { name: ci, select: { projects: [team], tags: ['ci-*'] }, keep: { pushedWithin: 7d } }
rollout: { startedAt: 2026-12-01, over: 30d }
`,
];

/** Where a policy is warned of, without numbers. */
const doubts = (): string[] =>
  doubtful.flatMap((text) => {
    const loaded = loadPolicy(text, { name: 'policy.yaml', inUseSources: [] });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return loaded.warnings.map(({ path }) => path.replaceAll(/\[\d+\]/g, '[]'));
  });

const spoken: Readonly<Record<string, () => readonly string[]>> = {
  'Ends of a run': () => reportSchema.shape.run.shape.end.options,
  Refusals: () => rails.map(({ name }) => name),
  Warnings: () => Object.keys(warningMeanings),
  'Warnings of a policy': doubts,
  Errors: () => Object.keys(remedies),
  Outcomes: () => Object.keys(results),
  'Garbage collection': () => Object.keys(collections),
  Reasons: () => Object.keys(reasonMeanings),
  Protections: () => [...alwaysOn.map(({ key }) => key), ...Object.keys(configured)],
  'Exit codes': () => Object.values(exitCodes).map(String),
  Alarms: alarmIds,
  Notices: () => occasions.map(({ kind }) => kind),
};

describe('docs/messages.md', () => {
  test.each(Object.entries(spoken))('has all of %s, and nothing else', (heading, codes) => {
    const rows = tableBelow('docs/messages.md', heading);
    const named = rows.map(([code = '']) => code.replaceAll('`', ''));
    expect(named.toSorted()).toEqual(codes().toSorted());
    for (const row of rows) expect(row.filter((cell) => cell === '')).toEqual([]);
  });

  test('names what refuses a single action', () => {
    const refused = tableBelow('docs/messages.md', 'Outcomes').find(
      ([code]) => code === '`refused`',
    );
    const named = [...(refused?.[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, by = '']) => by);
    expect(named.toSorted()).toEqual(Object.keys(refusers).toSorted());
  });

  test('says how urgent each notice is', () => {
    const named = tableBelow('docs/messages.md', 'Notices').map(([kind, severity]) => [
      kind?.replaceAll('`', ''),
      severity,
    ]);
    expect(Object.fromEntries(named)).toEqual(
      Object.fromEntries(occasions.map(({ kind, severity }) => [kind, severity])),
    );
  });
});

test('the policies that are warned of here meet every check', () => {
  expect(doubts()).toHaveLength(warnings.length);
});

test('every meaning of a warning is a sentence', () => {
  for (const meaning of Object.values(warningMeanings)) expect(meaning).toMatch(/^[A-Z].+\.$/);
});
