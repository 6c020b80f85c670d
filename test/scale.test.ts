// The document about scale against the script that computes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inDocument } from './bench/scale/document.ts';
import { inputs, inputsFrom } from './bench/scale/inputs.ts';
import { simulateNight } from './bench/scale/night.ts';
import { scaleText } from './bench/scale/text.ts';

const work = { artifacts: 100_000, deletions: 1_000, purges: 0, outage: 'none', seed: 7 } as const;

test('docs/scale.md holds what npm run scale prints; if not, run npm run scale -- --write', async () => {
  const document = readFileSync(join(import.meta.dirname, '..', 'docs', 'scale.md'), 'utf8');
  expect(document).toBe(inDocument(document, await scaleText()));
});

test('the same night comes out the same, another seed makes another', async () => {
  const night = await simulateNight(inputs, work);
  expect(await simulateNight(inputs, work)).toEqual(night);
  expect((await simulateNight(inputs, { ...work, seed: 8 })).lengthMs).not.toBe(night.lengthMs);
});

test('an outage makes a night longer by about its own length, and loses no deletion', async () => {
  const calm = await simulateNight(inputs, { ...work, artifacts: 1_000_000 });
  const late = await simulateNight(inputs, { ...work, artifacts: 1_000_000, outage: 'refused' });
  expect(late.deleted).toBe(1_000);
  expect(late.lengthMs - calm.lengthMs).toBeGreaterThan(55 * 60_000);
  expect(late.lengthMs - calm.lengthMs).toBeLessThan(80 * 60_000);
});

test('a night that has used up its slices is unfinished', async () => {
  const night = await simulateNight({ ...inputs, maxSlices: 1 }, { ...work, deletions: 50_000 });
  expect(night).toMatchObject({ isUnfinished: true, slices: 1 });
  expect(night.deleted).toBeLessThan(50_000);
});

test('inputs are flags, and an unknown one is named', () => {
  expect(inputsFrom(['--artifacts', '5', '--seed', '2'])).toMatchObject({ artifacts: 5, seed: 2 });
  expect(() => inputsFrom(['--artefacts', '5'])).toThrow('--artefacts 5');
  expect(() => inputsFrom(['--artifacts'])).toThrow('a name and a number');
});
