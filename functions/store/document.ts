import * as z from 'zod';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';

/**
 * What a damaged document means. `refuse`: nobody may go on as if there were none, so reading it throws. `forget`: it
 * spares work or remembers what can be found again, so it counts as absent, and is written again.
 */
export type WhenDamaged = 'refuse' | 'forget';

interface About<Damage extends WhenDamaged> {
  /**
   * Raised when an older program would misread what this one stores. A document that names no version has version 1.
   */
  readonly version: number;
  readonly whenDamaged: Damage;
  /** Where the version stands, if not in `version`. */
  readonly versionField?: string;
  /** Follows the key in messages: "is no lease". */
  readonly isNot: string;
  /** What to do about a damaged document, shown in messages. Without it, the remedy of the error's code. */
  readonly remedy?: string;
}

/** A small JSON document in the store. `Of`: what its key is made of, such as the id of a run. */
export interface Document<T, Of extends readonly string[], Damage extends WhenDamaged> {
  readonly version: number;
  readonly whenDamaged: Damage;
  readonly key: (...of: Of) => string;
  /** Undefined if there is none. @throws RetentionError state-invalid if it is damaged and `whenDamaged` is `refuse` */
  readonly read: (store: RunStore, ...of: Of) => Promise<T | undefined>;
  /** The same, by a key that was listed. */
  readonly readAt: (store: RunStore, key: string) => Promise<T | undefined>;
  /** The value of a text that was read already. @param where its address @throws RetentionError as `read` does */
  readonly parse: (text: string, where: string) => Parsed<T, Damage>;
  readonly text: (value: T) => string;
  readonly write: (store: RunStore, value: T, ...of: Of) => Promise<void>;
}

type Parsed<T, Damage> = Damage extends 'refuse' ? T : T | undefined;

/** A document, by its key and what it must look like. */
export function document<
  T extends object,
  Of extends readonly string[],
  Damage extends WhenDamaged,
>(key: (...of: Of) => string, schema: z.ZodType<T>, about: About<Damage>): Document<T, Of, Damage> {
  const { version, whenDamaged, versionField = 'version' } = about;
  const parse = (text: string, where: string): Parsed<T, Damage> => {
    const looked = look(text, schema, about);
    if (looked.ok) return looked.value as Parsed<T, Damage>;
    if (whenDamaged === 'forget') return undefined as Parsed<T, Damage>;
    const options = looked.remedy === undefined ? {} : { remedy: looked.remedy };
    throw new RetentionError('state-invalid', `${where} ${looked.problem}`, options);
  };
  const text = (value: T): string =>
    JSON.stringify(version === 1 ? value : { ...value, [versionField]: version });
  const readAt = async (store: RunStore, at: string): Promise<T | undefined> => {
    const stored = await store.read(at);
    return stored === undefined ? undefined : parse(stored.text, `${store.address}/${at}`);
  };
  return {
    version,
    whenDamaged,
    key,
    parse,
    text,
    readAt,
    read: (store, ...of) => readAt(store, key(...of)),
    write: (store, value, ...of) => store.write(key(...of), text(value), 'application/json'),
  };
}

type ReadDocument<T> =
  | { readonly ok: true; readonly value: T }
  /** `problem` continues a sentence that begins with the document's address. */
  | { readonly ok: false; readonly problem: string; readonly remedy: string | undefined };

function look<T>(text: string, schema: z.ZodType<T>, about: About<WhenDamaged>): ReadDocument<T> {
  const { isNot, version, versionField = 'version', remedy } = about;
  const value = parsed(text);
  if (!isFields(value)) return { ok: false, problem: `${isNot}.`, remedy };
  const written = value[versionField] ?? 1;
  const label = versionField.replace('V', ' v');
  if (typeof written === 'number' && written > version) {
    const problem = `${isNot}: it was written by a newer harbor-retention (${label} ${written}, this one knows ${version}).`;
    const advice = `Deploy the newer version again and let it end what it began. Otherwise: ${remedy ?? 'start a new run.'}`;
    return { ok: false, problem, remedy: advice };
  }
  if (typeof written !== 'number' || written < 1 || !Number.isInteger(written)) {
    const known = version === 1 ? '1' : `1 to ${version}`;
    const problem = `${isNot}: it was written by another harbor-retention (${label} ${JSON.stringify(written)}, this one knows ${known}).`;
    return { ok: false, problem, remedy };
  }
  const checked = schema.safeParse(value);
  if (checked.success) return { ok: true, value: checked.data };
  const [field = ''] = checked.error.issues[0]?.path ?? [];
  const problem = `${isNot}: it lacks "${String(field)}", or holds something else there.`;
  return { ok: false, problem, remedy };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any object, kept as it is, however large. */
export const anyFields = z.custom<Fields>(isFields);

/** Any list, kept as it is, however long. */
export const anyList = z.custom<readonly unknown[]>(Array.isArray);

/**
 * A schema that looks only at the fields named, and keeps all others: what a program of this project wrote is whole,
 * and what damages a document damages its beginning or its end. Nothing is looked at in depth, so it is cheap for
 * large documents.
 */
export const withFields =
  <T extends object>() =>
  (fields: { readonly [Key in keyof T]?: z.ZodType }): z.ZodType<T> =>
    z.looseObject(fields as z.core.$ZodLooseShape) as unknown as z.ZodType<T>;

/**
 * The lines of a part, each an object of which only the fields named are looked at.
 * @throws RetentionError state-invalid, with the number of the line, for one that is something else
 */
export async function* linesOf<T>(
  store: RunStore,
  key: string,
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  let number = 0;
  for await (const line of store.readPart(key)) {
    number += 1;
    yield lineOf(line, schema, `${store.address}/${key}, line ${number}`);
  }
}

/** One line. @param where its place, for the message @throws RetentionError state-invalid */
export function lineOf<T>(line: string, schema: z.ZodType<T>, where: string): T {
  const checked = schema.safeParse(parsed(line));
  if (checked.success) return checked.data;
  throw new RetentionError('state-invalid', `${where} is not what this run wrote there.`);
}
