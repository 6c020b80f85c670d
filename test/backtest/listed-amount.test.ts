import { expect, test } from '@jest/globals';
import { listedAmount } from '../../functions/backtest/listed-amount.ts';
import { builder } from '../support/builder.ts';

test('untagged children of an index count with it, tagged ones and what is untagged for themselves', () => {
  const facts = builder()
    .push('tagged', { size: 1 })
    .untagged('child', { size: 10 })
    .untagged('alone', { size: 100 })
    .push('unknown', { tags: 'unknown', size: 1_000 })
    .index('index', ['tagged', 'child', 'unknown'], { size: 10_000 })
    .repository();
  expect(listedAmount(facts)).toEqual({ artifacts: 4, bytes: 11_101 });
  const torn = {
    kind: 'unplannable',
    head: facts.head,
    seen: facts.artifacts,
    because: '',
  } as const;
  expect(listedAmount(torn)).toEqual({ artifacts: 4, bytes: 11_101 });
});
