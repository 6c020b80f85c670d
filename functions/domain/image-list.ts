import type { Digest } from './artifact.ts';
import type { Instant, Known } from './instant.ts';
import { type ListedUse, strongestUses } from './listed-use.ts';
import { canMatch } from './pattern-language.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Where the images of upstream registries lie in this Harbor: a host, and a project or `project/prefix`. */
export type Mirrors = Readonly<Record<string, string>>;

/**
 * One entry of a list (docs/policy.md#lists), with everything that it may mean: rather too much is kept than too
 * little.
 */
export interface ListedEntry {
  readonly written: string;
  readonly digests: readonly Digest[];
  /** `project/repository:tag`. */
  readonly references: readonly string[];
  /** Patterns for `project/repository:tag`. */
  readonly patterns: readonly string[];
  /** Who uses it, where the list says so. */
  readonly use?: ListedUse;
}

/** Lists of images, ready to be looked up. */
export interface ListedImages {
  readonly entries: readonly ListedEntry[];
  readonly digests: ReadonlySet<Digest>;
  readonly references: ReadonlySet<string>;
  readonly patterns: readonly Pattern[];
  /** Who uses a digest or a reference, where a list says so: the strongest of its uses. */
  readonly uses: ReadonlyMap<string, ListedUse>;
}

/** A list as it was read. */
export type ImageList =
  | {
      readonly ok: true;
      readonly entries: readonly ListedEntry[];
      /** What its first comment line states. */
      readonly writtenAt: Known<Instant>;
    }
  | { readonly ok: false; readonly because: string; readonly remedy: string };

/** Looks up what entries mean. */
export function listedImages(entries: readonly ListedEntry[]): ListedImages {
  const patterns = new Set(entries.flatMap((entry) => entry.patterns));
  return {
    entries,
    digests: new Set(entries.flatMap((entry) => entry.digests)),
    references: new Set(entries.flatMap((entry) => entry.references)),
    patterns: [...patterns].flatMap((text) => {
      const compiled = compilePattern(text);
      return compiled.ok ? [compiled.pattern] : [];
    }),
    uses: strongestUses(entries),
  };
}

export const noImages: ListedImages = listedImages([]);

/** Whether a list names this tag, `project/repository:tag`. */
export function namesTag({ references, patterns }: ListedImages, reference: string): boolean {
  return references.has(reference) || patterns.some((pattern) => pattern.matches(reference));
}

/**
 * Reads a list: one image per line, blank lines and `#` comments allowed. An empty one means nothing, unless it says
 * `# none`; and where one line is not understood, the list as a whole is not known (docs/policy.md#lists).
 */
export function readImageList(text: string, mirrors: Mirrors = {}): ImageList {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const entries: ListedEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const written = line.replace(/(^|\s)#.*/, '').trim();
    if (written === '') continue;
    const entry = readEntry(written, mirrors);
    if ('problem' in entry) {
      return {
        ok: false,
        because: `line ${index + 1}, ${JSON.stringify(written.slice(0, 200))}: ${entry.problem}.`,
        remedy: `Correct line ${index + 1} of the list: ${understood}.`,
      };
    }
    entries.push(entry);
  }
  const comments = lines.map((line) => line.trim()).filter((line) => line.startsWith('#'));
  if (entries.length === 0 && !comments.some((line) => /^#\s*none\.?$/i.test(line))) {
    return {
      ok: false,
      because: 'it is empty.',
      remedy:
        'See why nothing was written to the list. Where it is meant to be empty, it says so in a line "# none".',
    };
  }
  return { ok: true, entries, writtenAt: writtenAtIn(comments[0] ?? '') };
}

const understood =
  'project/repository:tag, …@sha256:…, sha256:…, or a pattern for project/repository:tag';

function writtenAtIn(comment: string): Known<Instant> {
  const written =
    /\bwrittenAt\b["']?\s*[:=]?\s*["']?(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))/.exec(
      comment,
    )?.[1];
  const at = written === undefined ? NaN : Date.parse(written);
  return Number.isNaN(at) ? 'unknown' : at;
}

const scheme = /^(?:docker-pullable|docker|oci|containerd|cri-o):\/\//;
const digestForm = /^sha256:[0-9a-f]{64}$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const component = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;
const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d+)?$/;

/** Whether something is the digest of a manifest, or of another blob. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && digestForm.test(value);
}

/** What one entry may mean, or why it is not understood. */
export function readEntry(
  written: string,
  mirrors: Mirrors = {},
): ListedEntry | { readonly problem: string } {
  if (written.startsWith('/')) return patternEntry(written, [written]);
  const image = written.replace(scheme, '');
  if (!image.startsWith('sha256:') && /[*?[{\\]/.test(image.replace(hostOf(image) ?? '', ''))) {
    return patternEntry(written, globsOf(image));
  }
  return readImage(written, mirrors);
}

/** What entries of a checked policy may mean; one that is not understood was refused with it. */
export function readEntries(all: readonly string[]): readonly ListedEntry[] {
  return all.flatMap((written) => {
    const read = readEntry(written);
    return 'problem' in read ? [] : [read];
  });
}

/** What the name of an image, or a digest, may mean. Nothing is a pattern here. */
export function readImage(
  written: string,
  mirrors: Mirrors = {},
): ListedEntry | { readonly problem: string } {
  const image = written.replace(scheme, '');
  if (digestForm.test(image)) return { written, digests: [image], references: [], patterns: [] };
  if (image.startsWith('sha256:')) {
    return { problem: 'a digest has 64 hex digits, in small letters' };
  }
  return imageEntry(written, image, mirrors);
}

function imageEntry(
  written: string,
  image: string,
  mirrors: Mirrors,
): ListedEntry | { readonly problem: string } {
  const [named = '', digest, ...more] = image.split('@');
  if (more.length > 0 || (digest !== undefined && !digestForm.test(digest))) {
    return { problem: 'after the @ a digest of the form sha256: and 64 hex digits was expected' };
  }
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon === -1 ? named : named.slice(0, colon);
  // Helm writes the + of a version as _ in a tag.
  const tag = colon === -1 ? undefined : named.slice(colon + 1).replaceAll('+', '_');
  if (tag !== undefined && !tagForm.test(tag)) return { problem: `${tag} is no tag` };
  const repositories = readingsOf(name, mirrors);
  if (repositories === undefined) return { problem: `${understood} was expected` };
  // A name by itself means latest, as container runtimes take it.
  const pulled = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    written,
    digests: digest === undefined ? [] : [digest],
    references: pulled === undefined ? [] : repositories.map((one) => `${one}:${pulled}`),
    patterns: [],
  };
}

/** `project/repository` in every reading of a name; undefined if it is no name of an image. */
function readingsOf(name: string, mirrors: Mirrors): readonly string[] | undefined {
  const [first = '', ...others] = name.split('/');
  const isPath = (parts: readonly string[]): boolean => parts.every((part) => component.test(part));
  const whole = [first, ...others];
  const mayBeHost = others.length > 0 && hostForm.test(first) && isPath(others);
  if (!isPath(whole) && !mayBeHost) return undefined;
  const readings = new Set<string>();
  if (isPath(whole)) readings.add(whole.join('/'));
  if (mayBeHost) readings.add(others.join('/'));
  for (const [upstream, target] of Object.entries(mirrors)) {
    const host = hostAlias(upstream);
    if (mayBeHost && hostAlias(first) === host) readings.add(`${target}/${others.join('/')}`);
    if (host !== dockerHub) continue;
    // Without a host a name is Docker Hub's, where official images lie below library.
    const onHub = mayBeHost && hostAlias(first) === host ? others : whole;
    if (!isPath(onHub)) continue;
    if (onHub === whole) readings.add(`${target}/${whole.join('/')}`);
    if (onHub.length === 1) readings.add(`${target}/library/${onHub.join('/')}`);
  }
  return [...readings].filter((reading) => reading.includes('/'));
}

const dockerHub = 'docker.io';
const hubNames = new Set([dockerHub, 'index.docker.io', 'registry-1.docker.io']);

function hostAlias(host: string): string {
  const lower = host.toLowerCase();
  return hubNames.has(lower) ? dockerHub : lower;
}

/** What stands before the first slash, if it can be a host. */
function hostOf(image: string): string | undefined {
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  return hostForm.test(first) ? `${first}/` : undefined;
}

/** A pattern in both readings of its first part; without a tag it means every tag. */
function globsOf(image: string): readonly string[] {
  const host = hostOf(image);
  const readings = host === undefined ? [image] : [image, image.slice(host.length)];
  return readings.map((glob) =>
    glob.indexOf(':', glob.lastIndexOf('/') + 1) === -1 ? `${glob}:*` : glob,
  );
}

function patternEntry(
  written: string,
  readings: readonly string[],
): ListedEntry | { readonly problem: string } {
  for (const reading of readings) {
    const compiled = compilePattern(reading);
    if (!compiled.ok) return { problem: `it is not a pattern: ${compiled.because}` };
  }
  const patterns = readings.filter((reading) => canMatch(reading, 'image') !== false);
  if (patterns.length > 0) return { written, digests: [], references: [], patterns };
  return { problem: 'it can match no project/repository:tag' };
}
