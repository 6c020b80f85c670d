import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weightGate } from '../../functions/inventory/weighted-semaphore.ts';

test('what is inside never weighs more than is allowed, but for one that is too heavy, alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 })), async (weights) => {
      const most = 10;
      const gate = weightGate(most);
      let inside: number[] = [];
      const done: number[] = [];
      await Promise.all(
        weights.map(async (weight, index) => {
          await gate.enter(weight);
          inside.push(weight);
          const sum = inside.reduce((all, one) => all + one, 0);
          expect(sum <= most || inside.length === 1).toBe(true);
          await Promise.resolve();
          inside = inside.toSpliced(inside.indexOf(weight), 1);
          done.push(index);
          gate.leave(weight);
        }),
      );
      expect(done).toHaveLength(weights.length);
    }),
  );
});
