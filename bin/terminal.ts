import { visible } from '../functions/report/html/visible.ts';
import type { Progress, Stopwatch, Telemetry } from '../functions/ports.ts';

/** What a command writes to; tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A person looks at stderr: a status line may be redrawn there. */
  readonly isInteractive: boolean;
}

export function processTerminal(): Terminal {
  // Whoever reads may have read enough, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isInteractive: process.stderr.isTTY && process.env['CI'] === undefined,
  };
}

/**
 * Text without what a terminal obeys: names, labels and answers of servers may hold it. Controls, and marks that turn
 * the direction of reading, are written out, but for tabs and ends of lines.
 */
export function plain(text: string): string {
  return text.replace(
    /(?!\r\n|[\n\t])[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu,
    visible,
  );
}

const clearLine = '\r\u001b[2K';

/** Warnings as lines, progress as one line that is redrawn; quiet where nobody looks. */
export function terminalTelemetry(
  terminal: Terminal,
  stopwatch: Pick<Stopwatch, 'elapsed'>,
): Telemetry & { readonly done: () => void } {
  let shown = false;
  const left = timeLeft(stopwatch);
  const clear = (): void => {
    if (shown) terminal.err(clearLine);
    shown = false;
  };
  const line = (
    word: string,
    message: string,
    data: Readonly<Record<string, unknown>> = {},
  ): void => {
    clear();
    const details = Object.entries(data).map(([key, value]) => `${key}=${String(value)}`);
    terminal.err(`${plain([`${word}:`, message, ...details].join(' '))}\n`);
  };
  return {
    info: () => undefined,
    warn: (message, data) => line('warning', message, data),
    error: (message, data) => line('error', message, data),
    metric: () => undefined,
    progress: (progress) => {
      if (!terminal.isInteractive) return;
      terminal.err(`${clearLine}${plain(inWords(progress, left(progress)))}`);
      shown = true;
    },
    done: clear,
  };
}

/** One line that is redrawn, where a person looks; `done` takes it away. */
export function statusLine(terminal: Terminal): {
  readonly show: (text: string) => void;
  readonly done: () => void;
} {
  let shown = false;
  return {
    show: (text) => {
      if (!terminal.isInteractive) return;
      terminal.err(`${clearLine}${plain(text)}`);
      shown = true;
    },
    done: () => {
      if (shown) terminal.err(clearLine);
      shown = false;
    },
  };
}

const barWidth = 24;

/** Phases as a person would name them. */
const phases: Readonly<Record<Progress['phase'], string>> = {
  preflight: 'Looking around',
  inventory: 'Reading',
  plan: 'Judging',
  guard: 'Checking the limits',
  ledger: 'Measuring layers',
  apply: 'Working',
  report: 'Writing the report',
  wait: 'Waiting',
};

/** Milliseconds and a share of the work after which an estimate is worth something. */
const soonestMs = 3_000;
const leastShare = 0.03;

/** Estimates how long a phase still takes, from its pace so far; undefined until that is known. */
function timeLeft({ elapsed }: Pick<Stopwatch, 'elapsed'>): (now: Progress) => number | undefined {
  let begun:
    { readonly phase: Progress['phase']; readonly at: number; readonly done: number } | undefined;
  return ({ phase, done, of }) => {
    if (begun?.phase !== phase) begun = { phase, at: elapsed(), done };
    if (of === undefined || of === 0) return undefined;
    const tookMs = elapsed() - begun.at;
    const share = (done - begun.done) / of;
    if (tookMs < soonestMs || share < leastShare) return undefined;
    return (tookMs / (done - begun.done)) * Math.max(0, of - done);
  };
}

function inMinutes(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return ms < 55_000
    ? `about ${Math.max(5, Math.ceil(ms / 5_000) * 5)} s left`
    : `about ${minutes} min left`;
}

function inWords({ phase, done, of, what }: Progress, leftMs: number | undefined): string {
  const number = new Intl.NumberFormat('en');
  const share = of === undefined || of === 0 ? undefined : Math.min(1, done / of);
  const filled = Math.round((share ?? 0) * barWidth);
  const bar = share === undefined ? '' : `${'━'.repeat(filled)}${'─'.repeat(barWidth - filled)} `;
  const count =
    of === undefined ? number.format(done) : `${number.format(done)} of ${number.format(of)}`;
  const known = of === undefined && done === 0 ? '' : ` ${bar}${count}`;
  const rest = leftMs === undefined ? '' : `, ${inMinutes(leftMs)}`;
  return `${phases[phase]}${known}${what === '' ? '' : `, ${what}`}${rest}`;
}
