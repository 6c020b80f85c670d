import { expect, test } from '@jest/globals';
import { type Terminal, terminalTelemetry } from '../../bin/terminal.ts';
import type { Progress } from '../../functions/ports.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { dryRun, runToEnd, silent, worldAround } from '../support/run-world.ts';

/** A status line, as a person sees it last. */
function watched(isInteractive = true) {
  let shown = '';
  let now = 0;
  const terminal: Terminal = {
    out: () => undefined,
    err: (text) => void (shown = text.replace('\r\u001b[2K', '')),
    isInteractive,
  };
  const telemetry = terminalTelemetry(terminal, { elapsed: () => now });
  return {
    after: (ms: number, progress: Partial<Progress>): string => {
      now += ms;
      telemetry.progress({ phase: 'inventory', done: 0, of: 1_000, what: '', ...progress });
      return shown;
    },
  };
}

test('the status line names the phase in a person’s words, the project, and the time that is left', () => {
  const line = watched();
  expect(line.after(0, { phase: 'preflight', of: undefined })).toBe('Looking around');
  expect(line.after(100, {})).toBe('Reading ──────────────────────── 0 of 1,000');
  expect(line.after(1_000, { done: 100, what: 'team' })).toBe(
    'Reading ━━────────────────────── 100 of 1,000, team',
  );
  expect(line.after(9_000, { done: 250, what: 'team' })).toBe(
    'Reading ━━━━━━────────────────── 250 of 1,000, team, about 30 s left',
  );
  expect(line.after(290_000, { done: 500 })).toMatch(/500 of 1,000, about 5 min left$/);
});

test('nothing is estimated from too little, and each phase begins its own estimate', () => {
  const line = watched();
  line.after(0, {});
  expect(line.after(60_000, { done: 20 })).not.toContain('left');
  expect(line.after(1, { done: 500 })).toContain('left');
  expect(line.after(1, { phase: 'apply', done: 400, what: 'deletions' })).not.toContain('left');
});

test('where nobody looks there is no status line', () => {
  expect(watched(false).after(0, {})).toBe('');
});

test('reading moves with every page, not only with every part', async () => {
  const harbor = await startHarbor();
  harbor.seed.project('team');
  for (let n = 0; n < 350; n += 1)
    harbor.seed.push({ project: 'team', repository: 'api', tags: [`v${n}`] });
  const seen: number[] = [];
  const telemetry = {
    ...silent,
    progress: ({ phase, done, of, what }: Progress) => {
      if (phase === 'inventory' && what === 'team') seen.push(done / (of ?? 1));
    },
  };
  const policy =
    'version: 1\nrules:\n  - { name: r, select: { projects: [team], tags: ["**"] }, keep: { pushedWithin: 30d } }\n';
  await runToEnd(worldAround(harbor, { policy, overrides: { telemetry } }), dryRun);
  expect(seen).toEqual([100 / 350, 200 / 350, 300 / 350, 1]);
  await harbor.close();
});
