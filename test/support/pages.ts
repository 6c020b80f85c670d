import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The README and every page of docs/, by path from the root. */
export const pagePaths: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .toSorted(),
];

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The anchors of a page, as GitHub makes them from headings. */
export function anchorsOf(path: string): ReadonlySet<string> {
  const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** A fenced block. */
export interface Block {
  readonly page: string;
  readonly language: string;
  /** Behind the language: the file that the block is, for the commands of its page. */
  readonly file: string | undefined;
  readonly text: string;
}

export function blocksOf(page: string, language?: string): readonly Block[] {
  const found = textOf(page).matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm);
  return [...found]
    .map(([, own = '', file, text = '']) => ({ page, language: own, file, text }))
    .filter((one) => language === undefined || one.language === language);
}

/** The block of a page that is this file. @throws Error if there is none */
export function fileIn(page: string, file: string): string {
  const found = blocksOf(page).find((one) => one.file === file);
  if (found === undefined) throw new Error(`${page} has no block ${file}`);
  return found.text;
}

/** The cells of the tables below a heading, without heads and rules. */
export function tableBelow(page: string, heading: string): readonly (readonly string[])[] {
  const [, behind = ''] = textOf(page).split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [section = ''] = behind.split(/^#+ /m);
  return section
    .split('\n')
    .flatMap((line, index, lines) =>
      line.startsWith('| ') && !/^\|[ :-]*-/.test(lines[index + 1] ?? '') ? [cellsOf(line)] : [],
    );
}

const cellsOf = (line: string): readonly string[] =>
  line
    .replaceAll(String.raw`\|`, '\u0000')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('\u0000', '|').trim());
