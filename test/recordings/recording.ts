import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** The exchanges recorded from a real Harbor; their format is described beside them. */
export const RECORDINGS = new URL('../../../shared/recordings/', import.meta.url);

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly template?: string;
  readonly as: string;
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly bodyVars?: Readonly<
    Record<string, string | { readonly var: string; readonly as: string }>
  >;
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Capture {
  readonly header?: string;
  readonly cookie?: string;
  readonly pointer?: string;
  readonly regex?: string;
  readonly type?: string;
  readonly as?: string;
}

export interface RecordedExchange {
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
  readonly captures?: Readonly<Record<string, Capture>>;
  readonly note?: string;
  readonly waitBeforeMs?: number;
  readonly poll?: unknown;
  readonly inFlightDuringNext?: number;
  readonly partial?: string | boolean;
  readonly unstable?: string | boolean;
  readonly unordered?: string | boolean;
}

export interface Recording {
  readonly file: string;
  readonly harbor: string;
  readonly identities: Readonly<
    Record<string, { readonly username: string; readonly password: string }>
  >;
  readonly exchanges: readonly RecordedExchange[];
}

export const recordingFiles = (): string[] =>
  existsSync(RECORDINGS)
    ? readdirSync(RECORDINGS)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];

export function loadRecording(file: string): Recording {
  const parsed = JSON.parse(readFileSync(new URL(file, RECORDINGS), 'utf8')) as Omit<
    Recording,
    'file'
  >;
  return { ...parsed, file };
}
