import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isBuiltin } from 'node:module';

const root = join(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  readonly line: number;
  readonly isType: boolean;
  /** A path from the root, or a package name. */
  readonly to: string;
  readonly isLocal: boolean;
}

/** What a room may import: rooms (`isType`: their types only) and packages. */
interface RoomLaw {
  readonly rooms: readonly { readonly name: string; readonly isType: boolean }[];
  readonly packages: readonly string[];
  /** Folders and files of tests. */
  readonly heldBy: readonly string[];
}

/** The table of rooms in CONTRIBUTING.md. What it does not list is forbidden. */
function readLaws(text: string): ReadonlyMap<string, RoomLaw> {
  const rows = text.matchAll(
    /^\| `functions\/([\w-]+)(?:\.ts)?` +\|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm,
  );
  const entries = (cell = ''): string[] =>
    cell
      .split(',')
      .map((one) => one.replaceAll('`', '').trim())
      .filter((one) => one !== '' && one !== '–');
  return new Map(
    [...rows].map(([, room = '', rooms, packages, heldBy]) => [
      room,
      {
        rooms: entries(rooms).map((one) => ({
          name: one.replace(/ \(types\)$/, ''),
          isType: one.endsWith(' (types)'),
        })),
        packages: entries(packages),
        heldBy: entries(heldBy),
      },
    ]),
  );
}

const laws = readLaws(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));

/** Names and packages that touch the world, and the only files that may. */
const windows: readonly { readonly what: RegExp; readonly only: RegExp }[] = [
  { what: /\bDate\.now\(|\bnew Date\(\)/, only: /adapters\/system-clock\.ts$/ },
  { what: /\bMath\.random\(|\brandomUUID\(/, only: /adapters\/identity\.ts$/ },
  { what: /\bperformance\.now\(/, only: /adapters\/(system-clock|harbor\/rate-limiter)\.ts$/ },
  // Every write to Harbor passes the fence, which is made in two places of the engine.
  { what: /\bas Fenced\b/, only: /apply\/fence\.ts$/ },
  { what: /\b(fencedWriter|fencedGarbage)\(/, only: /(apply\/fence|phases\/changes)\.ts$/ },
  {
    what: /\.writer\b|\bchanges\.(inspector|garbage)\b/,
    only: /(phases\/changes|adapters\/.*)\.ts$/,
  },
  { what: /\bprocess\.env\b/, only: /functions\/(workloads-)?environment\.ts$/ },
  { what: /\bset(Timeout|Interval|Immediate)\(/, only: /functions\/adapters\// },
  // What lies in the store is read as a document or as lines of a part, each with its schema; a few rooms below have
  // formats of their own, which they check.
  {
    what: /\bJSON\.parse\(/,
    only: /(store\/document|domain\/(deletion-record|workload-use)|ledger\/blob-line|inventory\/(facts-file|saved-inventory)|report\/read-report|functions\/(workloads-)?environment|adapters\/.*|collectors\/.*)\.ts$/,
  },
  // A cast would pass what is damaged; `unknown` has to be looked at first.
  { what: /\bJSON\.parse\(.*\) as (?!unknown\b)/, only: /^$/ },
  { what: /\bconsole\./, only: /adapters\/telemetry\.ts$/ },
  { what: /from '@aws-sdk\//, only: /functions\/(adapters\/|collectors\/|lambda\/|handler\.ts$)/ },
  {
    what: /from 'node-fetch'/,
    only: /(adapters\/harbor\/(client|failure|transport)|collectors\/kubernetes\/api-client)\.ts$/,
  },
  {
    what: /from 'node:(fs|http|https|net|child_process)/,
    only: /functions\/(adapters|collectors|lambda)\//,
  },
];

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const engine = filesBelow('functions');
const building = [...filesBelow('lib'), ...filesBelow('bin')];

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)';|^import\s+'([^']+)';/gm,
  )) {
    const name = match[2] ?? match[3] ?? '';
    const isLocal = name.startsWith('.');
    const onlyTypes =
      match[1] !== undefined || /^import\s+\{(\s*type\s[^,}]+,?)+\s*\}/.test(match[0]);
    found.push({
      file,
      line: text.slice(0, match.index).split('\n').length,
      isType: onlyTypes,
      to: isLocal ? relative(root, join(root, dirname(file), name)) : name,
      isLocal,
    });
  }
  return found;
}

/** `functions/plan/make-plan.ts` → plan; `functions/run.ts` → run; `lib/settings.ts` → lib. */
function roomOf(path: string): string {
  const [top, second] = path.split('/');
  if (top !== 'functions') return top ?? path;
  return (second ?? '').replace(/\.ts$/, '');
}

function forbidden(one: Import): string | undefined {
  const room = roomOf(one.file);
  const law = laws.get(room);
  const where = `${one.file}:${one.line}`;
  if (law === undefined) return `${where}: the room ${room} has no law`;
  if (!one.isLocal) {
    const isAllowed = law.packages.some((name) =>
      name.endsWith('/') || name.endsWith(':')
        ? one.to.startsWith(name)
        : one.to === name || one.to.startsWith(`${name}/`),
    );
    return isAllowed ? undefined : `${where}: ${room} may not import the package ${one.to}`;
  }
  const target = roomOf(one.to);
  if (target === room) return undefined;
  const allowed = law.rooms.find(({ name }) => name === target);
  if (allowed !== undefined && (!allowed.isType || one.isType)) return undefined;
  return `${where}: ${room} may not import ${target}${allowed === undefined ? '' : ', except for types'}`;
}

test('the table of CONTRIBUTING.md has every room of the engine, no other, and tests that hold it', () => {
  const rooms = new Set(engine.map(roomOf));
  expect([...laws.keys()].toSorted()).toEqual([...rooms].toSorted());
  for (const [room, { rooms: allowed, heldBy }] of laws) {
    expect([room, heldBy.length]).not.toEqual([room, 0]);
    const missing = heldBy.filter((path) => path !== 'tsc' && !existsSync(join(root, path)));
    expect([room, missing]).toEqual([room, []]);
    expect(allowed.filter(({ name }) => !rooms.has(name))).toEqual([]);
  }
});

test('every room imports only what the table allows, and the table allows only what is imported', () => {
  expect(engine.length).toBeGreaterThan(40);
  const imports = engine.flatMap(importsOf);
  expect(imports.flatMap((one) => forbidden(one) ?? [])).toEqual([]);
  const used = new Set(
    imports.flatMap((one) => (one.isLocal ? [`${roomOf(one.file)} → ${roomOf(one.to)}`] : [])),
  );
  const listed = [...laws].flatMap(([room, { rooms }]) =>
    rooms.map(({ name }) => `${room} → ${name}`),
  );
  expect(listed.filter((one) => !used.has(one))).toEqual([]);
});

/** What settings and policies have in common, and the names and bounds of the contract. */
const shared: ReadonlySet<string> = new Set([
  'functions/contract.ts',
  'functions/config/suggest.ts',
  'functions/workloads/config-schema.ts',
]);

test('the engine never imports the building, and the building only what it shares with the engine', () => {
  const wrong = building.flatMap(importsOf).filter((one) => {
    if (!one.isLocal || !one.file.startsWith('lib/')) return false;
    return !one.to.startsWith('lib/') && !shared.has(one.to);
  });
  expect(wrong.map((one) => `${one.file}:${one.line}: ${one.to}`)).toEqual([]);
  expect(engine.flatMap(importsOf).filter((one) => /^(lib|bin|test)\//.test(one.to))).toEqual([]);
});

test('the world is touched through its windows only', () => {
  const wrong: string[] = [];
  for (const file of engine) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      for (const { what, only } of windows) {
        if (what.test(line) && !only.test(file)) wrong.push(`${file}:${index + 1}: ${line.trim()}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('no two files import each other, at any distance', () => {
  const graph = new Map(
    [...engine, ...building].map((file) => [
      file,
      importsOf(file).flatMap((one) => (one.isLocal ? [one.to] : [])),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('every file of the engine can be read in one sitting', () => {
  const long = [...engine, ...building].filter(
    (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 250,
  );
  expect(long).toEqual([]);
});

test('every package of the engine is named, pinned exactly, and installed by nobody who installs ours', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const used = new Set(
    engine
      .flatMap(importsOf)
      .flatMap((one) => (one.isLocal || isBuiltin(one.to) || one.isType ? [] : [one.to])),
  );
  const names = [...used].map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  expect(names.filter((name) => manifest.devDependencies[name] === undefined)).toEqual([]);
  // The package is bundled: what it needs is in it.
  expect(manifest.dependencies).toBeUndefined();
  const versions = Object.values(manifest.devDependencies);
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('no test has a time limit of its own: a limit only stops a test that hangs', () => {
  // A number of milliseconds as the last argument of a test, or a limit for a whole file.
  const own = /^\s*\d+_000,?\n\s*\);|\}, \d+_000\);|jest\.setTimeout\(/m;
  const tests = filesBelow('test').filter((file) => file.endsWith('.test.ts'));
  expect(tests.length).toBeGreaterThan(100);
  expect(tests.filter((file) => own.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
