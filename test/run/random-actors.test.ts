import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Stage, stage } from './random-actors/stage.ts';

/** `ACTOR_SEEDS=2000` tries more of them by hand, `ACTOR_FIRST=17` begins there. */
const count = Number(process.env['ACTOR_SEEDS'] ?? 60);
const first = Number(process.env['ACTOR_FIRST'] ?? 1);

let all: Stage;
beforeEach(async () => {
  all = await stage();
});
afterEach(() => all.close());

test.each(['run', 'restore'] as const)(
  'whatever several others do and whatever goes wrong in one %s, nothing is lost, and nothing is said that is not so',
  async (phase) => {
    const found: unknown[] = [];
    for (let seed = first; seed < first + count; seed += 1) {
      const { story, broken } = await all.disturb(phase, seed);
      if (broken.length > 0) found.push({ seed, story, broken });
    }
    expect(found).toEqual([]);
  },
);
