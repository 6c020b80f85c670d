import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { matchDoublestar } from '../sandbox/harbor/doublestar.ts';

const CASES = new URL('../../../shared/patterns/doublestar-1.3.4.ndjson', import.meta.url);
const present = existsSync(CASES);
if (!present)
  console.warn(
    'SKIPPED: no pattern cases at ../shared/patterns, so the emulator matches unchecked',
  );
const maybe = present ? describe : describe['skip'];

maybe("the emulator's own matcher", () => {
  test('answers as the library that Harbor uses, errors included', () => {
    const lines = readFileSync(CASES, 'utf8').trim().split('\n');
    const wrong = lines
      .map((line) => JSON.parse(line) as [string, string, boolean | 'error'])
      .filter(([pattern, name, expected]) => {
        const matched = matchDoublestar(pattern, name);
        return (matched === 'bad pattern' ? 'error' : matched) !== expected;
      });
    expect(wrong).toEqual([]);
    expect(lines.length).toBeGreaterThan(1_000);
  });
});
