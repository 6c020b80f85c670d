import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { longestComment } from '../../functions/report/comment-markdown.ts';
import { diffMarkdown } from '../../functions/report/diff-comment.ts';
import { countOf, diffReports } from '../../functions/report/diff-reports.ts';
import { diffText } from '../../functions/report/diff-text.ts';
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

test('the first line of a comment finds it again, whatever the policy is called', async () => {
  const diff = await diffReports([], []);
  const markOf = (after: string) => diffMarkdown(diff, { before: 'x', after }).split('\n')[0];
  expect(markOf('retention/policy.yaml')).toBe(
    '<!-- harbor-retention diff retention/policy.yaml -->',
  );
  expect(markOf('a--><script>.yaml')).toMatch(/^<!-- harbor-retention diff [\w./]+-__[\w./]+ -->$/);
});

test('a comment is never longer than GitHub takes, whatever Harbor and policy hold', async () => {
  const long = 'x'.repeat(128);
  const tags = Array.from({ length: 10_000 }, (_, index) => `${long.slice(8)}${index}`);
  const names = Array.from({ length: 300 }, (_, index) => `${long}${index}`);
  const diff = await diffReports(
    names.map((name) => row(name, { tags, explanation: long.repeat(9) })),
    names.map((name) => gone(name, { tags, rule: long + name, explanation: long.repeat(9) })),
  );
  const facts = {
    runId: '2026-11-21T033000Z',
    takenAt: now,
    age: 0,
    isOld: true,
    passedOver: names.map((runId) => ({ runId, because: long })),
  };
  const notKnown = names.map((name) => `team/${name}: it was torn.`);
  const sides = { before: long.repeat(9), after: long.repeat(9) };
  const text = diffMarkdown(diff, { ...sides, facts, notKnown });
  expect(text.length).toBeLessThanOrEqual(longestComment);
  expect(text.length).toBeGreaterThan(longestComment / 8);
  expect(text).toContain('newly condemned: 300 artifacts');
  expect(text).toMatch(/and \d+ more; --format json has all/);
});

test('the age of the facts stands in the comment, and a warning where they are old', async () => {
  const diff = await diffReports([], []);
  const [hour, day] = [3_600_000, 86_400_000];
  const of = (age: number, isOld: boolean) => ({
    ...compared,
    facts: {
      runId: '2026-11-21T033000Z',
      takenAt: Date.UTC(2026, 10, 21, 3, 30),
      age,
      isOld,
      passedOver: [{ runId: '2026-11-22T033000Z', because: 'not everything is read yet' }],
    },
    notKnown: ['team/`app`: it was torn.'],
  });
  const fresh = diffMarkdown(diff, of(5 * hour, false));
  expect(fresh).toContain(
    '- facts: run 2026-11-21T033000Z, read at 2026-11-21T03:30:00Z, 5 h before this comparison\n- passed over: run 2026-11-22T033000Z, not everything is read yet\n',
  );
  expect(fresh).not.toContain('Warning');
  expect(fresh).toContain("**Not known, and therefore kept:**\n\n- `team/'app': it was torn.`\n");
  const old = of(9 * day, true);
  expect(diffMarkdown(diff, old)).toContain('9 d before this comparison\n- **Warning:** these');
  expect(diffText(diff, old)).toContain('\n  warning: these facts are old');
  expect(diffText(diff, old)).toContain('Not known, and therefore kept:\n  team/`app`: it was');
});
