// What comments, messages and titles cite stands in a page of this repository.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { anchorsOf, root, textOf } from './support/pages.ts';

const sources = ['functions', 'lib', 'bin', 'page', 'test', 'jsii']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(folder, file),
    ),
  )
  .filter((file) => /\.(ts|js|mjs|py)$/.test(file) && !file.includes('node_modules'))
  .map((file) => ({ file, text: textOf(file) }));

/** Where each match of an expression stands, as `file:line what`. */
function found(expression: RegExp, is: (match: RegExpMatchArray) => boolean): readonly string[] {
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(expression)]
      .filter(is)
      .map((match) => `${file}:${text.slice(0, match.index).split('\n').length} ${match[0]}`),
  );
}

/** A page, and behind it one anchor or several, between commas and over several lines of a comment. */
const citation = /docs\/([a-z-]+\.md)((?:(?:,\s*(?:\* |\/\/ )?)?#[a-z0-9-]+)*)/g;

const anchors = new Map<string, ReadonlySet<string>>();

function isDead([, page = '', list = '']: RegExpMatchArray): boolean {
  const path = `docs/${page}`;
  if (!existsSync(join(root, path))) return true;
  const known = anchors.get(path) ?? anchorsOf(path);
  anchors.set(path, known);
  return [...list.matchAll(/#([a-z0-9-]+)/g)].some(([, anchor = '']) => !known.has(anchor));
}

test('every citation of a page leads to a page and a heading that are there', () => {
  expect(found(citation, isDead)).toEqual([]);
  expect(found(citation, () => true).length).toBeGreaterThan(150);
});

test('every numbered fact that is named stands in docs/harbor.md', () => {
  const numbers = new Set(textOf('docs/harbor.md').match(/(?<=^### )T\d+(?= )/gm));
  expect(found(/(?<=[ ('`#])T\d+(?=[ ,:;)])/g, ([name]) => !numbers.has(name))).toEqual([]);
});

test('nothing is cited that is not in this repository', () => {
  const elsewhere = /(?<![\w/'.-])(?:harbor|stack|product|features|house)\.md|\u00a7/g;
  expect(found(elsewhere, () => true)).toEqual([]);
});
