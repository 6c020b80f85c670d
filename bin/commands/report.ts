import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';
import { formats } from '../../functions/report/formats/index.ts';
import { collectRows } from '../../functions/report/html/collect-rows.ts';
import { readRow } from '../../functions/report/read-report.ts';
import type { ReportFormat } from '../../functions/report/report-format.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { out } from '../options.ts';
import { reportOfRun, rowsOf } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';

export function addReport({ program, terminal, ending }: CommandContext): void {
  const format = new Option('--format <name>', 'how to show it')
    .choices(formats.map(({ name }) => name))
    .default('text');
  program
    .command('report')
    .description('the report of a run as a page, as CSV, as text or as JSON')
    .argument('[run]', 'the id of the run, or latest', 'latest')
    .addOption(format)
    .addOption(new Option('--to <file>', 'write it there; else to standard output'))
    .addOption(out())
    .action((run: string, flags: ReportFlags & { out: string }) =>
      ending(report(run, { store: localStore(flags), flags }, terminal)),
    );
}

export interface ReportFlags {
  /** Name of a format. */
  readonly format: string;
  /** File to write; without it, standard output. */
  readonly to?: string;
}

/** Characters that are written at once. */
const pieceSize = 1 << 16;

/** `report [RUN]`: a stored report in another form; rows flow through, however many they are. */
export async function report(
  run: string,
  { store, flags }: { readonly store: RunStore; readonly flags: ReportFlags },
  terminal: Terminal,
): Promise<number> {
  const format = formats.find(({ name }) => name === flags.format);
  if (format === undefined) {
    throw new RetentionError('usage', `There is no format ${JSON.stringify(flags.format)}.`, {
      remedy: `Take one of ${formats.map(({ name }) => name).join(', ')}.`,
    });
  }
  const found = await reportOfRun(store, run);
  const pieces = inPieces(textOf(format, found, store));
  if (flags.to === undefined) {
    for await (const piece of pieces) terminal.out(piece);
    return exitCodes.ok;
  }
  await writeTo(flags.to, pieces);
  terminal.out(`Run ${found.run.id}, as ${format.name}: ${flags.to}\n`);
  return exitCodes.ok;
}

async function* textOf(
  format: ReportFormat,
  found: Report,
  store: RunStore,
): AsyncGenerator<string> {
  const rows =
    format.name === 'html' ? await collectRows(linesOf(store, found), readRow) : undefined;
  yield format.render(found, rows);
  if (format.row === undefined) return;
  for await (const row of rowsOf(store, found)) yield format.row(row);
}

async function* linesOf(store: RunStore, found: Report): AsyncGenerator<string> {
  for (const { key } of found.artifacts.parts) yield* store.readPart(key);
}

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** @throws RetentionError usage if the file can't be written */
async function writeTo(file: string, pieces: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), createWriteStream(file));
  } catch (error) {
    if (error instanceof RetentionError) throw error;
    throw new RetentionError('usage', `${file} can't be written.`, {
      cause: error,
      remedy: 'Check the path, its permissions and the free space.',
    });
  }
}
