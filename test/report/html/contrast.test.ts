import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const css = readFileSync(new URL('../../../page/report.css', import.meta.url), 'utf8');

/** Name → light, dark. */
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['ground', 'panel', 'raised'];
const texts = [
  ...['ink', 'muted'].flatMap((text) => grounds.map((ground) => [text, ground] as const)),
  ...['ground', 'panel'].map((ground) => ['link', ground] as const),
  ...['good', 'look', 'bad'].flatMap(
    (tone) =>
      [
        [tone, `${tone}-ground`],
        ['ink', `${tone}-ground`],
      ] as const,
  ),
] as const;
const pictures = ['stays', 'goes', 'link', 'edge'].flatMap((part) =>
  ['panel', 'ground'].map((ground) => [part, ground] as const),
);

const of = (name: string, theme: 'light' | 'dark'): string => {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`report.css has no colour --${name}`);
  return token[theme];
};

test.each(['light', 'dark'] as const)(
  'every text can be read, every picture seen, in %s',
  (theme) => {
    const weak = (
      pairs: readonly (readonly [string, string])[],
      least: number,
    ): readonly string[] =>
      pairs
        .filter(([one, other]) => contrast(of(one, theme), of(other, theme)) < least)
        .map(([one, other]) => `${one} on ${other}`);
    expect(weak(texts, 4.5)).toEqual([]);
    expect(weak(pictures, 3)).toEqual([]);
  },
);

test('colours stand among the tokens alone, so that none is missed here', () => {
  expect(tokens.size).toBeGreaterThan(12);
  const rest = css.replace(/--[\w-]+: light-dark\([^)]*\)/g, '').replace('--ground: #fff', '');
  expect(rest).not.toMatch(/#[0-9a-f]{3,8}\b|rgb|hsl/i);
});
