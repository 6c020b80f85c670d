import { expect, test } from '@jest/globals';
import { readRecord, recordLine } from '../../functions/domain/deletion-record.ts';
import type { Outcome } from '../../functions/domain/outcome.ts';
import { builder, now } from '../support/builder.ts';
import { judge, ruleOn } from '../support/judge.ts';

function written(): string {
  const [action] = judge(builder().push('a').repository(), ruleOn('none')).actions;
  if (action === undefined) throw new Error('no action');
  const outcome: Outcome = { action: action.id, at: now, result: 'already-gone' };
  return recordLine({ harbor: 'https://harbor.example', action, outcome });
}

const changed = (changes: object): string =>
  JSON.stringify({ ...(JSON.parse(written()) as object), ...changes });
const without = (key: string): string => changed({ [key]: undefined });

test('what was written as a record is read as that', () => {
  const line = written();
  expect(line).not.toContain('\n');
  expect(readRecord(line)).toEqual({ ok: true, record: JSON.parse(line) as unknown });
});

test.each(['', '{', 'torn', written().slice(0, -1)])('%j is no JSON', (line) => {
  expect(readRecord(line)).toEqual({ ok: false, because: 'is no JSON' });
});

test.each([
  'null',
  '7',
  '"text"',
  '[]',
  '{}',
  changed({ version: 2 }),
  changed({ harbor: 7 }),
  ...['version', 'harbor', 'action', 'outcome', 'seal'].map(without),
])('%s is no record of this version', (line) => {
  expect(readRecord(line)).toEqual({ ok: false, because: 'is no record of this version' });
});

test.each([{ harbor: 'https://other.example' }, { action: {} }, { outcome: {} }, { seal: '' }])(
  'a record that was changed afterwards is not believed: %j',
  (changes) => {
    const because = 'was changed after it was written';
    expect(readRecord(changed(changes))).toEqual({ ok: false, because });
  },
);
