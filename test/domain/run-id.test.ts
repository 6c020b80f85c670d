import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayOfRun, runIdAt, timeOfRun } from '../../functions/domain/run-id.ts';
import { reportKeys } from '../../functions/domain/store-keys.ts';

const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(9999, 0, 1) });

test('an id names the second in which the run starts, in UTC', () => {
  expect(runIdAt(Date.parse('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T030405Z');
  expect(runIdAt(Date.parse('2028-02-29T23:59:59.999Z'))).toBe('2028-02-29T235959Z');
});

test('an id names its time back, and ids sort as their times do', () => {
  fc.assert(
    fc.property(instants, instants, (one, other) => {
      expect(timeOfRun(runIdAt(one))).toBe(Math.floor(one / 1_000) * 1_000);
      if (timeOfRun(runIdAt(one))! < timeOfRun(runIdAt(other))!)
        expect(runIdAt(one) < runIdAt(other)).toBe(true);
    }),
  );
});

test.each(['', 'latest', '2026-11-21', '2026-13-41T033000Z', '2027-02-29T000000Z', '../../latest'])(
  '%j is no id of a run, and nothing is filed under it',
  (text) => {
    expect(timeOfRun(text)).toBeUndefined();
    expect(() => dayOfRun(text)).toThrow(RangeError);
  },
);

test('every key of a report follows from the id of its run, whenever that began', () => {
  const keys = reportKeys('2026-12-31T235950Z');
  expect(keys.report).toBe('reports/runs/2026/12/31/2026-12-31T235950Z.json');
  expect(keys.part(0)).toBe('reports/artifacts/2026/12/31/2026-12-31T235950Z/part-00001.ndjson.gz');
  expect(keys.record('b')).toBe(`${keys.records}b.ndjson.gz`);
  expect(keys.healing('w')).toBe(`${keys.healings}w.json`);
});
