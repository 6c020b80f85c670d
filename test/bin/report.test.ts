import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { report } from '../../bin/commands/report.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';
import { shownReport, shownRow } from '../support/shown-report.ts';

let store: RunStore;
const runId = shownReport().run.id;

beforeAll(async () => {
  store = localRunStore(mkdtempSync(join(tmpdir(), 'report-')));
  const part = store.openPart('reports/artifacts/part-00001.ndjson.gz');
  for (let index = 0; index < 300; index += 1) {
    await part.write(JSON.stringify(shownRow({ tags: [`v${index}`], labels: ['=1+1'] })));
  }
  const parts = [await part.close()];
  const text = JSON.stringify(shownReport({ artifacts: { rows: 300, parts } }));
  await store.write(`reports/runs/2026/11/21/${runId}.json`, text);
  await store.write('reports/latest.json', text);
});

async function shown(run: string, flags: { readonly format: string; readonly to?: string }) {
  let out = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: () => undefined,
    isInteractive: false,
  };
  return { code: await report(run, { store, flags }, terminal), out };
}

describe('report', () => {
  test.each(['latest', runId])('shows the report of %s', async (run) => {
    const { code, out } = await shown(run, { format: 'text' });
    expect(code).toBe(0);
    expect(out).toContain(`dry run ${runId}`);
  });

  test('writes every row as CSV, with no formula', async () => {
    const { out } = await shown('latest', { format: 'csv' });
    const lines = out.split('\r\n');
    expect(lines).toHaveLength(302);
    expect(lines[300]).toContain(`"v299","'=1+1"`);
  });

  test('makes the page again, rows and all, in a file', async () => {
    const to = join(mkdtempSync(join(tmpdir(), 'report-')), 'page.html');
    const { out } = await shown(runId, { format: 'html', to });
    expect(out).toContain(to);
    const page = readFileSync(to, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toMatch(/id="rows">[A-Za-z0-9+/=]{500,}</);
  });

  test.each([
    ['a run that is not there', '2020-01-01T000000Z', { format: 'text' }, 'report-not-found'],
    ['a format that is none', 'latest', { format: 'pdf' }, 'usage'],
    ['a file that is a folder', 'latest', { format: 'json', to: tmpdir() }, 'usage'],
  ] as const)('says what is wrong with %s', async (...[, run, flags, code]) => {
    const failed = await shown(run, flags).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RetentionError);
    expect(failed).toMatchObject({ code });
  });
});
