import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { countOf, diffReports } from '../../functions/report/diff-reports.ts';
import { diffMarkdown, diffText } from '../../functions/report/diff-text.ts';
import { rowOf } from '../../functions/report/row.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import { judge, policies, policyOf, repositories } from '../properties/registries.ts';
import { digestOf, now } from '../support/builder.ts';

function row(name: string, more: Partial<ReportRow> = {}): ReportRow {
  return {
    project: 'team',
    repository: 'web',
    digest: digestOf(name),
    id: 1,
    type: 'IMAGE',
    size: 1000,
    tags: [name],
    labels: [],
    pushedAt: null,
    pulledAt: null,
    fate: 'keep',
    reason: 'kept-by-rule',
    rule: 'builds',
    by: 'pushedWithin',
    explanation: `Kept: ${name}.`,
    ...more,
  };
}

const gone = (name: string, more: Partial<ReportRow> = {}): ReportRow =>
  row(name, { fate: 'delete', reason: 'condemned', explanation: `Goes: ${name}.`, ...more });

const names = (changes: readonly { readonly tags: readonly string[] | null }[]) =>
  changes.map(({ tags }) => tags?.[0]);

test('every artifact is told once, by what became of it; sums are per rule, too', async () => {
  const diff = await diffReports(
    [
      row('stays'),
      row('goes'),
      gone('saved', { size: 7 }),
      gone('other'),
      row('left'),
      row('untag'),
    ],
    [
      row('new'),
      gone('other', { rule: 'nightly' }),
      row('untag', { fate: 'untag', reason: 'condemned', untag: ['untag'] }),
      row('saved', { size: 7 }),
      gone('goes', { rule: 'nightly' }),
      row('stays'),
    ],
  );
  expect(names(diff.newlyCondemned)).toEqual(['goes']);
  expect(names(diff.newlyKept)).toEqual(['saved']);
  expect(new Set(names(diff.decidedOtherwise))).toEqual(new Set(['other', 'untag']));
  expect(diff.unchanged).toEqual({ artifacts: 1, bytes: 1000 });
  expect(diff.onlyBefore).toEqual({ artifacts: 1, bytes: 1000 });
  expect(diff.onlyAfter).toEqual({ artifacts: 1, bytes: 1000 });
  expect(diff.rules).toEqual([
    { rule: 'builds', newlyCondemned: countOf([]), newlyKept: { artifacts: 1, bytes: 7 } },
    { rule: 'nightly', newlyCondemned: { artifacts: 1, bytes: 1000 }, newlyKept: countOf([]) },
  ]);
});

test('both deciding rules are told', async () => {
  const { newlyCondemned } = await diffReports([row('x')], [gone('x', { rule: 'nightly' })]);
  expect(newlyCondemned).toMatchObject([
    {
      artifact: `team/web@${digestOf('x')}`,
      before: { fate: 'keep', rule: 'builds', by: 'pushedWithin' },
      after: { fate: 'delete', rule: 'nightly' },
      explanation: 'Goes: x.',
    },
  ]);
});

test('untagged children follow their index, and are not counted besides it', async () => {
  const child = { tags: [], reason: 'parent-kept' };
  const diff = await diffReports(
    [row('index'), row('child', child)],
    [gone('index'), gone('child', { tags: [], reason: 'goes-with-parent' })],
  );
  expect(countOf(diff.newlyCondemned)).toEqual({ artifacts: 1, bytes: 1000 });
});

test('a policy differs in nothing from itself, and the other way round is the opposite', async () => {
  await fc.assert(
    fc.asyncProperty(repositories, policies, policies, async (facts, one, other) => {
      const rows = (drawn: typeof one) =>
        judge(facts, policyOf(drawn)).verdicts.map((verdict, position) => {
          const artifact = facts.artifacts[position];
          if (artifact === undefined) throw new Error('a verdict per artifact');
          return rowOf(facts.head, { artifact, verdict }, now);
        });
      const same = await diffReports(rows(one), rows(one).toReversed());
      expect([same.newlyCondemned, same.newlyKept, same.decidedOtherwise, same.rules]).toEqual([
        [],
        [],
        [],
        [],
      ]);
      const there = await diffReports(rows(one), rows(other));
      const back = await diffReports(rows(other), rows(one));
      const artifacts = (changes: readonly { readonly artifact: string }[]) =>
        changes.map(({ artifact }) => artifact);
      expect(artifacts(back.newlyKept)).toEqual(artifacts(there.newlyCondemned));
      expect(artifacts(back.newlyCondemned)).toEqual(artifacts(there.newlyKept));
      expect(back.unchanged).toEqual(there.unchanged);
    }),
  );
});

const compared = { before: 'old.yaml', after: 'new.yaml' };

test('a terminal gets sums, rules and the first artifacts with both reasons', async () => {
  const many = Array.from({ length: 30 }, (_, index) => `ci-${index}`);
  const diff = await diffReports(
    many.map((name) => row(name)),
    many.map((name) => gone(name)),
  );
  const text = diffText(diff, compared);
  expect(text).toContain('newly condemned: 30 artifacts, 30 kB');
  expect(text).toContain('stays: kept-by-rule (builds: pushedWithin) → goes: condemned (builds');
  expect(text).toContain('and 5 artifacts, 5 kB more; --format json has all');
  expect(text.match(/Goes: /g)).toHaveLength(25);
});

test('nothing in a name breaks out of the Markdown of a comment', async () => {
  const hostile = 'a`|</details><script>alert(1)</script>\n# x';
  const change = [row('x', { tags: [hostile] })];
  const markdown = diffMarkdown(
    await diffReports(change, [gone('x', { tags: [hostile], rule: hostile })]),
    compared,
  );
  for (const line of markdown.split('\n')) {
    const outside = line.replaceAll(/`[^`]*`/g, '');
    expect(outside).not.toMatch(/script|^# /);
    expect(line.split('`').length % 2).toBe(1);
  }
  expect(markdown.split('\n').filter((line) => line.includes('sha256:'))).toHaveLength(1);
});
