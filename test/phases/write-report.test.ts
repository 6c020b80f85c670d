import { describe, expect, test } from '@jest/globals';
import { maskedStore } from '../../functions/adapters/masked-store.ts';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import { writeReport, writeUnfinished } from '../../functions/phases/write-report.ts';
import { memoryStore } from '../support/memory-store.ts';
import { silent } from '../support/run-world.ts';
import { shownReport } from '../support/shown-report.ts';

const key = 'reports/runs/2026/11/21/r.json';
const page = 'reports/runs/2026/11/21/r.html';
const run = shownReport().run;

describe('the page of a report', () => {
  test.each(['finished', 'refused', 'failed'] as const)(
    'is there when a run is %s',
    async (end) => {
      const store = memoryStore();
      await writeReport(shownReport({ run: { ...run, end } }), key, { store, telemetry: silent });
      expect(store.texts.get(page)).toMatch(/^<!doctype html>/);
      expect(store.texts.get('reports/latest.html')).toBe(store.texts.get(page));
      expect([...store.texts.keys()].at(-1)).toBe('reports/latest.json');
    },
  );

  test('says from the beginning that the run is not finished, and is not the newest yet', async () => {
    const store = memoryStore();
    const report = shownReport({ run: { ...run, end: 'unfinished' } });
    await writeUnfinished(report, key, { store, telemetry: silent });
    expect(store.texts.get(page)).toContain('Not finished');
    expect([...store.texts.keys()].toSorted()).toEqual([page, key]);
  });

  test('shows no secret, though escaping would have disguised it', async () => {
    const store = memoryStore();
    const mask = newSecretMask();
    const secret = `Hunter2&<"'>Harbor`;
    mask.add(secret);
    const error = { code: 'harbor-unexpected', message: `The proxy said ${secret}.`, remedy: '' };
    const tools = { store: maskedStore(store, mask), telemetry: silent };
    await writeReport(shownReport({ error }), key, tools);
    expect(store.texts.get(page)).toContain('The proxy said ***.');
    expect(store.texts.get(page)).not.toMatch(/Hunter2/);
  });

  test('that can’t be made is logged, and the report is there all the same', async () => {
    const store = memoryStore();
    const errors: string[] = [];
    const telemetry = { ...silent, error: (message: string) => void errors.push(message) };
    const parts = [{ key: 'reports/artifacts/gone.ndjson.gz', lines: 3, bytes: 9, sha256: '' }];
    const report = shownReport({ artifacts: { rows: 3, parts } });
    await writeReport(report, key, { store, telemetry });
    expect(errors).toEqual(['page of the report could not be written']);
    expect(store.texts.has('reports/latest.json')).toBe(true);
  });
});
