import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bounds } from '../functions/domain/bounds.ts';

test('security.md names every bound of what a pusher controls, with its number', () => {
  const page = readFileSync(new URL('../docs/security.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([, , bound = '', key = '']): [string, number][] => {
      const name = /^`(\w+)`$/.exec(key)?.[1];
      return name === undefined ? [] : [[name, Number(/^\d+/.exec(bound)?.[0])]];
    });
  expect(Object.fromEntries(rows.filter(([name]) => name in bounds))).toEqual(bounds);
});
