import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTraps } from './traps.ts';

const root = join(import.meta.dirname, '../..');

/** The traps that titles of tests name: `'T26, T27: …'`. */
function testedTraps(): ReadonlySet<number> {
  const files = ['adapters/harbor', 'apply', 'run'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((file) => join(root, folder, file)),
  );
  const titles = files
    .filter((file) => file.endsWith('.test.ts') && file !== import.meta.filename)
    .flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(
        /^\s*['`](T\d+(?:, T\d+)*): |test\(\s*['`](T\d+(?:, T\d+)*): /gm,
      ),
    ])
    .map((match) => match[1] ?? match[2] ?? '');
  return new Set(titles.flatMap((title) => title.split(', ').map((trap) => Number(trap.slice(1)))));
}

test('every numbered fact of docs/harbor.md is walked into by a test of the client, or is open with a reason', () => {
  const tested = testedTraps();
  const page = readFileSync(join(root, '../docs/harbor.md'), 'utf8');
  const all = [...page.matchAll(/^### T(\d+) /gm)].map(([, number]) => Number(number));
  expect(all.length).toBeGreaterThanOrEqual(55);
  expect(all.filter((trap) => !tested.has(trap) && !(trap in openTraps))).toEqual([]);
});

test('no trap is open that is tested', () => {
  const tested = testedTraps();
  expect(Object.keys(openTraps).filter((trap) => tested.has(Number(trap)))).toEqual([]);
});
