import { expect, test } from '@jest/globals';
import { defined } from '../../functions/domain/defined.ts';

test('keeps every field that has a value, also a false one, in its order, and leaves out the others', () => {
  const kept = defined({ a: 0, b: undefined, c: '', d: false, e: null });
  expect(JSON.stringify(kept)).toBe('{"a":0,"c":"","d":false,"e":null}');
  expect('b' in kept).toBe(false);
});
