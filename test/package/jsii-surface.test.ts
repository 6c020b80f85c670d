// What the Python package needs of the constructs, seen without its compiler, which takes half a minute.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const script = readFileSync(join(root, 'bin', 'package', 'write-jsii.ts'), 'utf8');

const listed = (/const publicType =\s*'([^']+)'/.exec(script)?.[1] ?? '').split('|');
const surface = [
  ...(/const surface = \[([^\]]+)\]/.exec(script)?.[1] ?? '').matchAll(/'([^']+)'/g),
];

test('every read-only array of a public prop is written plainly for jsii, which knows none', () => {
  const missing = surface.flatMap(([, file = '']) => {
    const text = readFileSync(join(root, 'lib', file), 'utf8');
    const types = [...text.matchAll(/^ {2}readonly \w+\??: readonly (\w+)\[\]/gm)].filter(
      // Of no concern to jsii: what only its own file knows.
      ([, type = '']) => !new RegExp(`^interface ${type}\\b`, 'm').test(text),
    );
    return types.flatMap(([, type = '']) => (listed.includes(type) ? [] : [`${file}: ${type}`]));
  });
  expect(missing).toEqual([]);
  expect(surface.length).toBeGreaterThan(4);
});
