import type { Digest } from './artifact.ts';
import { isDigest, readImage } from './image-list.ts';
import { type WorkloadRole, workloadRoles } from './listed-use.ts';

export type { WorkloadRole } from './listed-use.ts';

/** One use of one image; at least one of `image` and `digest` is there. */
export interface WorkloadUse {
  /** As it is written where it is used: it will be pulled again under this name. */
  readonly image?: string;
  /** Of the manifest, never of the config. */
  readonly digest?: Digest;
  /** For people: `deployment prod/api`. */
  readonly by: string;
  readonly role: WorkloadRole;
}

/** What a line says; `problem`: why it is not understood, or not all of it. */
export interface UseReading {
  readonly use?: WorkloadUse;
  readonly problem?: string;
}

/** One line. Where one of image and digest is understood, it is a use, whatever else is wrong with the line. */
export function readUse(line: string): UseReading {
  const fields = fieldsOf(line);
  if (fields === undefined) return { problem: 'it is no JSON object' };
  const { image, digest, by, role = 'running' } = fields;
  const problems = [
    ...imageProblem(image),
    ...(digest === undefined || isDigest(digest)
      ? []
      : ['"digest" is not sha256: and 64 hex digits in small letters']),
    ...(image === undefined && digest === undefined ? ['it has neither "image" nor "digest"'] : []),
    ...(isText(by) ? [] : ['"by" does not say what uses the image']),
    ...(isRole(role) ? [] : [`"role" is none of ${workloadRoles.join(', ')}`]),
  ];
  const [problem] = problems;
  const said = problem === undefined ? {} : { problem };
  const named = isText(image) && imageProblem(image).length === 0 ? { image } : {};
  const known = { ...named, ...(isDigest(digest) ? { digest } : {}) };
  if (Object.keys(known).length === 0) return said;
  const use = { ...known, by: isText(by) ? by : '?', role: isRole(role) ? role : 'running' };
  return { ...said, use };
}

const isRole = (value: unknown): value is WorkloadRole =>
  workloadRoles.some((role) => role === value);

function imageProblem(image: unknown): readonly string[] {
  if (image === undefined) return [];
  if (!isText(image)) return ['"image" is no text'];
  const read = readImage(image);
  return 'problem' in read ? [`"image": ${read.problem}`] : [];
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object in JSON; undefined for anything else. */
export function fieldsOf(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '';
