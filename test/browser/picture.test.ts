import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { hashOf, picturedPage, takenOf } from './picture.ts';

test('the pictures in README show the page as it is; if not, run npm run picture, which needs Chromium', async () => {
  expect(`${hashOf(await picturedPage())}\n`).toBe(readFileSync(takenOf, 'utf8'));
});
