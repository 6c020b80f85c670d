import { counted } from './format-numbers.ts';
import { formatInstant, type Instant, type Known } from './instant.ts';
import { fieldsOf, isText, readUse, type UseReading, type WorkloadUse } from './workload-use.ts';

export type { WorkloadRole, WorkloadUse } from './workload-use.ts';

/** Something that was to be listed and was not. */
export interface MissingWorkloads {
  /** For people: `pods of namespace kube-system`. */
  readonly what: string;
  readonly because: string;
  readonly remedy: string;
}

/** What a list says of itself in its first line. */
export interface WorkloadHeader {
  /** `kubernetes`, `ecs`, or what another collector calls itself. */
  readonly source: string;
  /** What the list speaks of, such as a cluster: there is one list for each. */
  readonly scope: string;
  /** When collecting began, which is the age of its oldest fact. */
  readonly writtenAt: Instant;
  /** Empty: everything was listed. */
  readonly missing: readonly MissingWorkloads[];
}

/** A list as it was read (docs/workloads.md#the-list). */
export interface WorkloadList {
  readonly source: Known<string>;
  readonly scope: Known<string>;
  readonly writtenAt: Known<Instant>;
  /** They hold in any case. */
  readonly uses: readonly WorkloadUse[];
  /** Why there may be uses that are not listed. Empty: the list is whole. */
  readonly unreadable: readonly { readonly because: string; readonly remedy: string }[];
}

const kind = 'harbor-retention/workloads';
const version = 1;
const again = 'Let the collector write the list again';

/** Whether a text is such a list, by how its first line begins; no line of another list can begin so. */
export function isWorkloadList(text: string): boolean {
  return /^\uFEFF?\s*\{\s*"/.test(text);
}

/** The text of a list: a line for the header, and one for each use (docs/workloads.md#the-list). */
export function formatWorkloadList(header: WorkloadHeader, uses: readonly WorkloadUse[]): string {
  const { source, scope, writtenAt, missing } = header;
  const first = {
    list: kind,
    version,
    source,
    scope,
    writtenAt: formatInstant(writtenAt),
    complete: missing.length === 0,
    uses: uses.length,
    missing,
  };
  const lines = uses.map(({ image, digest, by, role }) => ({ image, digest, by, role }));
  return [first, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * Reads a list. Whatever is not understood, or cut off, makes it unknown whether there are more uses; those that were
 * understood hold anyway (docs/workloads.md#the-list).
 */
export function parseWorkloadList(text: string): WorkloadList {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }));
  const isEnded = lines.at(-1)?.line === '';
  const written = lines.filter(({ line }) => line.trim() !== '');
  const [first, ...others] = written;
  if (first === undefined) {
    const because = 'it is empty.';
    return { ...nothingKnown, uses: [], unreadable: [{ because, remedy: `${again}.` }] };
  }
  const header = readHeader(first.line);
  // Without a header every line is looked at, the first one too: what it names holds.
  const readings = (header.isHeader ? others : written).map(({ line, number }) => ({
    ...readUse(line),
    line,
    number,
  }));
  const unreadable = [
    ...header.unreadable,
    ...notUnderstood(header.isHeader ? readings : readings.slice(1)),
    ...(header.isHeader ? cutOff(header.uses, readings.length, isEnded) : []),
  ];
  const { source, scope, writtenAt } = header;
  const uses = readings.flatMap(({ use }) => use ?? []);
  return { source, scope, writtenAt, uses, unreadable };
}

type Unreadable = WorkloadList['unreadable'];

const nothingKnown = { source: 'unknown', scope: 'unknown', writtenAt: 'unknown' } as const;

interface HeaderReading extends Pick<WorkloadList, 'source' | 'scope' | 'writtenAt'> {
  readonly isHeader: boolean;
  readonly uses: unknown;
  readonly unreadable: Unreadable;
}

function readHeader(line: string): HeaderReading {
  const fields = fieldsOf(line);
  if (fields?.['list'] !== kind) {
    const because = `its first line is no header: {"list":"${kind}","version":${version},…} was expected.`;
    const remedy = `${again}; see that nothing is written in front of it.`;
    return { ...nothingKnown, isHeader: false, uses: 0, unreadable: [{ because, remedy }] };
  }
  const { source, scope, uses } = fields;
  const writtenAt = readTime(fields['writtenAt']);
  const problems = [
    ...(isText(source) ? [] : ['"source" is no text']),
    ...(isText(scope) ? [] : ['"scope" is no text']),
    ...(writtenAt === 'unknown'
      ? ['"writtenAt" is no time in UTC as 2026-11-30T02:00:00.000Z']
      : []),
    ...(isCount(uses) ? [] : ['"uses" is no number of lines']),
    ...(Array.isArray(fields['missing'] ?? []) ? [] : ['"missing" is no list']),
  ];
  return {
    isHeader: true,
    source: isText(source) ? source : 'unknown',
    scope: isText(scope) ? scope : 'unknown',
    writtenAt,
    uses,
    unreadable: [
      ...versionProblem(fields['version']),
      ...problems.map((problem) => ({ because: `line 1: ${problem}.`, remedy: `${again}.` })),
      ...missingOf(fields['complete'], fields['missing']),
    ],
  };
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

function readTime(value: unknown): Known<Instant> {
  if (!isText(value) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value))
    return 'unknown';
  const at = Date.parse(value);
  return Number.isNaN(at) ? 'unknown' : at;
}

function versionProblem(written: unknown): Unreadable {
  if (written === version) return [];
  const because = `line 1: it is a list of version ${JSON.stringify(written) ?? 'none'}, and version ${version} is known here.`;
  const remedy = 'Use a collector and an engine of the same version of harbor-retention.';
  return [{ because, remedy }];
}

/** What the collector itself says it could not list. */
function missingOf(complete: unknown, missing: unknown): Unreadable {
  const entries: readonly unknown[] = Array.isArray(missing) ? missing : [];
  if (complete === true && entries.length === 0) return [];
  const named = entries.flatMap((entry) => {
    const { what, because, remedy } = fieldsOf(JSON.stringify(entry)) ?? {};
    if (!isText(what)) return [];
    const reason = isText(because) ? because : 'no reason is given';
    return [{ because: `${what}: ${reason}`, remedy: isText(remedy) ? remedy : `${again}.` }];
  });
  if (named.length > 0) return named;
  const because = 'line 1: the collector does not say that the list is complete.';
  return [{ because, remedy: 'See the log of the collector.' }];
}

function cutOff(expected: unknown, found: number, isEnded: boolean): Unreadable {
  const remedy = `${again}, as one file that nobody changes or joins with another.`;
  if (isCount(expected) && expected !== found) {
    return [
      {
        because: `its header speaks of ${counted(Number(expected), 'use')}, and ${counted(found, 'line')} ${found === 1 ? 'follows' : 'follow'}.`,
        remedy,
      },
    ];
  }
  return isEnded ? [] : [{ because: 'it is cut off: its last line has no end.', remedy }];
}

function notUnderstood(
  readings: readonly (UseReading & { readonly line: string; readonly number: number })[],
): Unreadable {
  const wrong = readings.filter(({ problem }) => problem !== undefined);
  const [first] = wrong;
  if (first === undefined) return [];
  const { number, line, problem = '' } = first;
  const others = wrong.length === 1 ? '' : ` (and ${counted(wrong.length - 1, 'line')} more)`;
  return [
    {
      because: `line ${number}, ${JSON.stringify(line.slice(0, 200))}: ${problem}${others}.`,
      remedy: `Correct what writes line ${number} of the list: {"image":"host/project/repository:tag","digest":"sha256:…","by":"…","role":"running"} was expected.`,
    },
  ];
}
