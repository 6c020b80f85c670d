import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, normalize, resolve } from 'node:path';
import { inUseKinds } from '../functions/adapters/in-use/index.ts';
import { parseDocument, problemAt, type ParsedDocument } from '../functions/config/document.ts';
import { formatProblems } from '../functions/config/format-problems.ts';
import { loadPolicy } from '../functions/config/load-policy.ts';
import { inOrder, type Path, type Problem } from '../functions/config/problem.ts';
import { schemaProblems } from '../functions/config/schema-problems.ts';
import type { Policy } from '../functions/domain/policy.ts';
import type { NamedLists } from '../lib/harbor-retention-stack.ts';
import { settingsSchema, type Settings } from '../lib/settings.ts';
import { keptElsewhere, keptTooShort, otherRegions, strayKeys } from './settings-checks.ts';

/** What a stack is made of, or everything that is wrong, ready to be shown. */
export type LoadedSettings =
  | {
      readonly ok: true;
      readonly settings: Settings;
      readonly lists: NamedLists;
      readonly resolvePath: (path: string) => string;
      /** What the policy says and may not mean; empty for nothing. */
      readonly warnings: string;
    }
  | { readonly ok: false; readonly report: string };

interface WrittenSettings {
  readonly text: string;
  readonly name: string;
}

function missingFile(document: ParsedDocument, path: Path, file: string): readonly Problem[] {
  if (existsSync(file)) return [];
  return [problemAt(document, path, { message: `names a file that is not there: ${file}` })];
}

interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

interface FolderName {
  readonly bucket: string;
  readonly prefix: string;
}

/** What a policy names, and where it names it: a list, or a folder of collected lists. */
interface NamedList {
  readonly path: Path;
  readonly file?: string;
  readonly s3?: ObjectName | FolderName;
  readonly folder?: string;
}

function listsIn(policy: Policy): readonly NamedList[] {
  return [
    ...policy.digestLists.map((source) => ({
      path: ['protect', 'digests', 'file'],
      ...(source.kind === 'file' ? { file: source.path } : { s3: source }),
    })),
    ...policy.inUse.map(({ options }, index) => ({
      path: ['protect', 'inUse', index, 'folder' in options ? 'folder' : 'file'],
      ...(options as Omit<NamedList, 'path'>),
    })),
  ];
}

const isBelow = (file: string): boolean => !isAbsolute(file) && !normalize(file).startsWith('..');

/** The bundle has one folder: a list lies in the policy's own, or below it. */
function listProblems(lists: readonly NamedList[], folder: string, document: ParsedDocument) {
  return lists.flatMap(({ path, file, folder: onDisk }) => {
    if (onDisk !== undefined) {
      const message = 'is a folder, and a deployment reads collected lists from a bucket only';
      const allowed = 'neither folder nor s3, which means lists/workloads/ of the report bucket';
      return [problemAt(document, path, { message, allowed })];
    }
    if (file === undefined) return [];
    if (isBelow(file)) return missingFile(document, path, resolve(folder, file));
    const message = 'lies outside of the folder of the policy';
    return [problemAt(document, path, { message, allowed: 'a path below it' })];
  });
}

const deployable = (lists: readonly NamedList[], folder: string): NamedLists => ({
  files: lists.flatMap(({ file }) =>
    file === undefined ? [] : [{ from: resolve(folder, file), to: file }],
  ),
  objects: lists.flatMap(({ s3 }) =>
    s3 !== undefined && 'key' in s3 ? [{ bucket: s3.bucket, key: s3.key }] : [],
  ),
  folders: lists.flatMap(({ s3 }) =>
    s3 !== undefined && 'prefix' in s3 ? [{ bucket: s3.bucket, prefix: s3.prefix }] : [],
  ),
});

type CheckedPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly lists: NamedLists;
      readonly warnings: string;
    }
  | { readonly ok: false; readonly report: string };

/** A policy with an error is never deployed. */
function checkPolicy(file: string, name: string): CheckedPolicy {
  const text = readFileSync(file, 'utf8');
  const loaded = loadPolicy(text, { name, inUseSources: inUseKinds });
  const written: WrittenSettings = { text, name };
  if (!loaded.ok) return refused(written, loaded.problems);
  const lists = listsIn(loaded.policy);
  const folder = dirname(file);
  const problems = listProblems(lists, folder, parseDocument(text));
  if (problems.length > 0) return refused(written, problems);
  const warnings = formatProblems(loaded.warnings, text, { name, severity: 'warning' });
  return { ok: true, policy: loaded.policy, lists: deployable(lists, folder), warnings };
}

function fileProblems(settings: Settings, document: ParsedDocument, base: string) {
  const { policy, certificateAuthority: ca } = settings;
  return [
    ...(typeof policy === 'string' ? missingFile(document, ['policy'], resolve(base, policy)) : []),
    ...(ca !== undefined && 'file' in ca
      ? missingFile(document, ['certificateAuthority', 'file'], resolve(base, ca.file))
      : []),
  ];
}

// A credential that was written into a URL by mistake is not shown again.
const withoutCredential = (text: string): string => text.replaceAll(/\/\/[^\s"']*@/g, '//***@');

const refused = ({ text, name }: WrittenSettings, problems: readonly Problem[]) => ({
  ok: false as const,
  report: withoutCredential(formatProblems(inOrder(problems), text, { name })),
});

/**
 * Reads a settings file and the policy that it names. Every problem of the settings at once, and if
 * they are right, every problem of the policy. Never throws for what is written in either.
 */
export function loadSettings(path: string): LoadedSettings {
  if (!existsSync(path)) return { ok: false, report: `There is no settings file ${path}.` };
  const text = readFileSync(path, 'utf8');
  const document = parseDocument(text);
  const written: WrittenSettings = { text, name: path };
  if (!document.isReadable) return refused(written, document.problems);
  const parsed = settingsSchema.safeParse(document.value);
  const issues = schemaProblems(parsed.error?.issues ?? [], document, settingsSchema);
  const base = dirname(resolve(path));
  const files = parsed.success
    ? [
        ...otherRegions(parsed.data, document),
        ...keptElsewhere(parsed.data, document),
        ...fileProblems(parsed.data, document, base),
      ]
    : [];
  const problems = [...document.problems, ...issues, ...files];
  if (!parsed.success || problems.length > 0) return refused(written, problems);
  const resolvePath = (one: string): string => resolve(base, one);
  const { data: settings } = parsed;
  if (typeof settings.policy !== 'string') {
    const stray = strayKeys(settings, {}, document);
    if (stray.length > 0) return refused(written, stray);
    return { ok: true, settings, lists: {}, resolvePath, warnings: '' };
  }
  const checked = checkPolicy(resolvePath(settings.policy), settings.policy);
  if (!checked.ok) return checked;
  const { policy, lists, warnings } = checked;
  const together = [
    ...keptTooShort(settings, policy, document),
    ...strayKeys(settings, lists, document),
  ];
  if (together.length > 0) return refused(written, together);
  return { ok: true, lists, warnings, settings, resolvePath };
}
