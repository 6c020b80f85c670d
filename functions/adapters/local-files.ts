import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  access,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { RetentionError } from '../errors.ts';
import type { DigestListReader, PolicySource, RunStore, StoredText } from '../ports.ts';
import { linesOf, partWriter, type PartSink } from './ndjson-part.ts';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';

function storeError(what: string, path: string, error: unknown): RetentionError {
  const code = codeOf(error);
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return new RetentionError(
    denied ? 'store-denied' : 'store-unreachable',
    `Could not ${what} ${path}: ${code}.`,
    { cause: error, remedy: 'Check the folder, its permissions and the free space.' },
  );
}

async function attempt<T>(what: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RetentionError) throw error;
    throw storeError(what, path, error);
  }
}

let serial = 0;

/** A file that nobody else uses, beside the one that it will become: rename is then one step. */
async function temporaryFor(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  serial += 1;
  return `${path}.${process.pid}-${serial}.tmp`;
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = await temporaryFor(path);
  await writeFile(temporary, text);
  await rename(temporary, path);
}

/** Creates the file with its content in one step; false if there is one. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const temporary = await temporaryFor(path);
  await writeFile(temporary, text);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

const etagOf = (text: string): string => createHash('sha256').update(text).digest('hex');

async function readWhole(path: string): Promise<StoredText | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, etag: etagOf(text) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Compare and replace under a lock file; a lock whose process is gone is taken over. */
async function replaceWhole(path: string, text: string, etag: string): Promise<boolean> {
  const lock = `${path}.lock`;
  if (!(await createWhole(lock, String(process.pid)))) {
    const holder = Number((await readWhole(lock))?.text);
    if (holder === process.pid || isAlive(holder)) return false;
    await rm(lock, { force: true });
    return replaceWhole(path, text, etag);
  }
  try {
    if ((await readWhole(path))?.etag !== etag) return false;
    await writeWhole(path, text);
    return true;
  } finally {
    await rm(lock, { force: true });
  }
}

async function fileSink(path: string): Promise<PartSink> {
  const temporary = await temporaryFor(path);
  const file = await open(temporary, 'w');
  return {
    append: (piece) => attempt('write', path, () => file.writeFile(piece)),
    commit: () =>
      attempt('write', path, async () => {
        await file.close();
        await rename(temporary, path);
      }),
  };
}

// The file is opened with the first piece, so that openPart itself need not wait.
function lazySink(path: string): PartSink {
  let opened: Promise<PartSink> | undefined;
  const sink = (): Promise<PartSink> => (opened ??= attempt('create', path, () => fileSink(path)));
  return {
    append: async (piece) => (await sink()).append(piece),
    commit: async () => (await sink()).commit(),
  };
}

async function* partLines(path: string): AsyncIterable<string> {
  try {
    await access(path);
  } catch (error) {
    throw new RetentionError('state-invalid', `${path} is missing.`, { cause: error });
  }
  yield* linesOf(createReadStream(path), path);
}

const ours = (name: string): boolean => !name.endsWith('.tmp') && !name.endsWith('.lock');

async function listFiles(root: string, prefix: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile() && ours(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((key) => key.startsWith(prefix))
    .sort();
}

/** The store of the command line: a folder. */
export function localRunStore(folder: string): RunStore {
  const root = resolve(folder);
  const pathOf = (key: string): string => {
    if (key.split('/').some((part) => part === '..' || part === '.' || part === ''))
      throw new Error(`not a key: ${key}`);
    return join(root, ...key.split('/'));
  };
  const run = <T>(what: string, key: string, action: (path: string) => Promise<T>): Promise<T> =>
    attempt(what, pathOf(key), () => action(pathOf(key)));
  return {
    address: root,
    read: (key) => run('read', key, readWhole),
    write: (key, text) => run('write', key, (path) => writeWhole(path, text)),
    create: (key, text) => run('create', key, (path) => createWhole(path, text)),
    replace: (key, text, etag) => run('replace', key, (path) => replaceWhole(path, text, etag)),
    remove: (key) => run('remove', key, (path) => rm(path, { force: true })),
    list: (prefix) => attempt('list', root, () => listFiles(root, prefix)),
    openPart: (key) => partWriter(key, lazySink(pathOf(key))),
    readPart: (key) => partLines(pathOf(key)),
  };
}

/** The policy in a file; `name` is what messages and reports call it. */
export function localPolicySource(path: string, name: string = path): PolicySource {
  return {
    async load() {
      try {
        return { text: await readFile(path, 'utf8'), name };
      } catch (error) {
        throw new RetentionError('policy-unreadable', `Could not read ${path}: ${codeOf(error)}.`, {
          cause: error,
        });
      }
    },
  };
}

/** Reads digest lists that the policy names by file, relative to the policy's folder. */
export function localDigestLists(folder: string): DigestListReader {
  return async (source) => {
    if (source.kind !== 'file')
      throw new RetentionError(
        'policy-unreadable',
        `The digest list s3://${source.bucket}/${source.key} can't be read from here.`,
      );
    const path = resolve(folder, source.path);
    const { text } = await localPolicySource(path).load();
    return { text, modifiedAt: (await stat(path)).mtimeMs };
  };
}
