// What README and docs/ show of the program's output is what it prints: an embedded Harbor, and a clock that stands.
// UPDATE_PAGES=1 writes what it prints into the pages instead of comparing.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { explain } from '../bin/commands/explain.ts';
import { plan } from '../bin/commands/plan.ts';
import { localStore } from '../bin/local-world.ts';
import { defaultOut } from '../bin/options.ts';
import { command, fileWith } from './bin/command-line.ts';
import { type EmbeddedHarbor, startHarbor } from './sandbox/harbor/index.ts';
import { builder } from './support/builder.ts';
import { memoryStore } from './support/memory-store.ts';
import { blocksOf, fileIn, root, textOf } from './support/pages.ts';
import { armed, reportIn, runToEnd, worldAround } from './support/run-world.ts';
import { storeNights } from './support/stored-nights.ts';

const day = 86_400_000;
const instant = (text: string): number => Date.parse(text);

/** The block of a page that begins so is this text. */
function expectShown(page: string, begins: string, text: string): void {
  const block = new RegExp(`(^\`\`\`${begins.replaceAll('.', '\\.')}\n)([^]*?)(?=^\`\`\`$)`, 'm');
  if (process.env['UPDATE_PAGES'] === '1') {
    const now = textOf(page).replace(block, (_, start: string) => start + text);
    writeFileSync(join(root, page), now);
  }
  expect(block.exec(textOf(page))?.[2]).toBe(text);
}

let harbor: EmbeddedHarbor;

async function startAt(now: number): Promise<void> {
  harbor = await startHarbor({ now: () => now });
  harbor.seed.project('team-a');
  harbor.seed.project('retention-trash');
}

const push = (repository: string, tags: readonly string[], pushedAt: number): void =>
  void harbor.seed.push({ project: 'team-a', repository, tags, pushedAt, size: 180_000_000 });

describe('on an embedded Harbor', () => {
  afterEach(() => harbor.close());

  test('plan and explain, in the README, of its policy', async () => {
    const now = instant('2026-11-21T03:30:00Z');
    await startAt(now);
    for (let build = 1; build <= 15; build += 1)
      push('shop/web', [`ci-${build}`], now - (80 - build * 5) * day);
    push('shop/web', ['latest'], now - 2 * day);
    for (let minor = 1; minor <= 10; minor += 1)
      push('shop/api', [`v1.${minor}.0`], now - (300 - minor * 20) * day);
    const policy = blocksOf('README.md', 'yaml')[0]?.text ?? '';
    const store = { ...memoryStore(), address: defaultOut };
    let out = '';
    const terminal = {
      out: (text: string) => void (out += text),
      err: () => {},
      isInteractive: false,
    };
    await plan(worldAround(harbor, { policy, store }), { json: false }, terminal);
    out = out.replace(harbor.url, 'https://harbor.example').replace(/(?<=\(v[\d.]+)-\w+/, '');
    const [summary = ''] = out.split('\n\nWhat goes next');
    expectShown('README.md', 'text plan.txt', `${summary}\n…\n`);
    out = '';
    await explain('team-a/shop/web:ci-2', { store, json: false }, terminal);
    await explain('team-a/shop/web:ci-8', { store, json: false }, terminal);
    expectShown('README.md', 'text explain.txt', out.replaceAll(/From run .*\n(?=.)/g, ''));
  });

  test('the life of an image, in the README, night by night', async () => {
    await startAt(instant('2026-11-20T03:30:00Z'));
    const pushedAt = instant('2026-10-22T12:00:00Z');
    push('shop/web', ['ci-1'], pushedAt);
    for (let other = 1; other <= 9; other += 1) push('shop/api', [`v${other}`], pushedAt);
    const store = memoryStore();
    const policy = `version: 1
rules: [{ name: ci, select: { projects: [team-a], tags: ['ci-*'] }, keep: { pushedWithin: 30d } }]
protect: { keepAtLeast: 0 }
garbageCollection: { mode: run }
`;
    const days: Record<string, string> = {};
    const first = (what: string, at: string): string => (days[what] ??= at.slice(0, 10));
    for (let night = 0; night < 18; night += 1) {
      const now = new Date(harbor.clock.now()).toISOString();
      const runId = now.replaceAll(/:|\.\d+/g, '');
      await runToEnd(worldAround(harbor, { policy, store }), { ...armed, runId });
      const { applied, garbageCollection } = reportIn(store);
      if (applied?.deleted === 1) first('deleted', now);
      if (typeof applied?.restorableUntil === 'string') first('until', applied.restorableUntil);
      if (applied?.purged === 1) first('purged', now);
      if (garbageCollection?.thisRun?.kind === 'ended') first('collected', now);
      harbor.clock.advance(instant(now) + day - harbor.clock.now());
    }
    expect(harbor.state.artifacts('retention-trash')).toEqual([]);
    expect(days['collected']).toBe(days['purged']);
    const lines = [
      '  2026-10-22 : pushed',
      `  ${days['deleted']} : condemned, because it is older than 30 days : copied to the trash, then deleted`,
      `  ${days['until']} : last day on which it can be restored for certain`,
      `  ${days['purged']} : purged from the trash : Harbor's garbage collection frees its space`,
    ];
    expectShown('README.md', 'mermaid\ntimeline', `${lines.join('\n')}\n`);
  });
});

test('what check says of a bad policy, in docs/policy.md', async () => {
  const path = fileWith(fileIn('docs/policy.md', 'bad-policy.txt'));
  const { code, err } = await command(['check', path]);
  expect(code).not.toBe(0);
  expectShown('docs/policy.md', 'text check.txt', err.replaceAll(path, 'policy.yaml'));
});

test('a backtest over ten nights, in docs/backtest.md', async () => {
  const out = mkdtempSync(join(tmpdir(), 'backtest-'));
  const ages = [1, 4, 9, 16, 27, 29, 36, 45, 60];
  const pulled: Readonly<Record<number, number>> = { 36: 2.2, 45: 6.4, 29: 8.1 };
  const nights = Array.from({ length: 10 }, (_, today) => {
    let team = builder('team/shop').push('v1.0.0', { daysAgo: 90, size: 210_000_000 });
    for (const age of ages) {
      const at = pulled[age];
      const pulls = at === undefined || at > today ? {} : { pulledDaysAgo: -at };
      team = team.push(`ci-${age}`, { daysAgo: age, size: 180_000_000, ...pulls });
    }
    const registry = { trash: { project: 'retention-trash', problems: [] } };
    return { day: today, facts: [team.repository()], registry };
  });
  const policy = fileIn('docs/backtest.md', 'shorter.yaml');
  const inForce = policy.replace('30d', '50d');
  await storeNights(localStore({ out }), nights, { policy: inForce });
  const file = fileWith(policy, 'shorter.yaml');
  const { code, out: shown } = await command(['backtest', file, '--out', out]);
  expect(code).toBe(7);
  expectShown('docs/backtest.md', 'text backtest.txt', shown.replaceAll(file, 'shorter.yaml'));
});

test('the construct in the README is that of docs/installing.md, which is compiled', () => {
  const bare = (text: string): string => text.replaceAll(/^\s+/gm, '');
  const [whole = ''] = blocksOf('docs/installing.md', 'ts').map(({ text }) => bare(text));
  const shown = blocksOf('README.md', 'ts');
  expect(shown.map(({ text }) => whole.includes(bare(text)))).toEqual([true]);
});
