// What Harbor calls UNKNOWN is told apart by its media type and, from 2.12 on, its artifact type.
import { expect, test } from '@jest/globals';
import { byText } from '../../functions/domain/artifact-order.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, rowsIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;

const kinds = {
  image: {},
  chart: { mediaType: 'application/vnd.cncf.helm.config.v1+json' },
  cache: { mediaType: 'application/vnd.buildkit.cacheconfig.v0' },
  wasm: { mediaType: 'application/vnd.wasm.config.v0+json' },
  oras: {
    mediaType: 'application/vnd.oci.empty.v1+json',
    artifactType: 'application/vnd.example.model',
  },
  index: { platforms: 1 },
} as const;

async function seen(version: string, select: string, more: Readonly<Record<string, object>> = {}) {
  const harbor = await startHarbor({ version });
  try {
    harbor.seed.project('team');
    const pushedAt = harbor.clock.now() - 90 * day;
    for (const [kind, types] of Object.entries({ ...kinds, ...more }))
      harbor.seed.push({ project: 'team', repository: 'all', tags: [kind], pushedAt, ...types });
    const policy = `version: 1
trash: off
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
protect: { keepAtLeast: 0 }
rules:
  - { name: r, select: { projects: [team], tags: ['**'], ${select} }, keep: { pushedWithin: 30d } }
`;
    const store = memoryStore();
    await runToEnd(worldAround(harbor, { policy, store }), dryRun);
    const report = reportIn(store);
    const rows = await rowsIn(store, report);
    const tagsOf = (fate: string, code?: string) =>
      rows
        .filter((row) => row.fate === fate && (code === undefined || row.reason === code))
        .flatMap(({ tags }) => tags)
        .toSorted((one, other) => byText(one ?? '', other ?? ''));
    const of = (type: string) =>
      rows.filter((row) => row.type === type).flatMap(({ tags }) => tags);
    return { goes: tagsOf('delete'), unknown: tagsOf('keep', 'fact-unknown'), of, report };
  } finally {
    await harbor.close();
  }
}

test('Harbor calls what it does not know UNKNOWN', async () => {
  const { of } = await seen('v2.15.2', 'types: [IMAGE]');
  expect(of('UNKNOWN')).toEqual(expect.arrayContaining(['cache', 'wasm', 'oras']));
  expect(of('CHART')).toEqual(['chart']);
});

const newest = 'v2.15.2';
const old = 'v2.11.2';

test.each<[string, string, readonly string[]]>([
  [newest, "mediaTypes: ['application/vnd.buildkit.*']", ['cache']],
  [old, "mediaTypes: ['application/vnd.buildkit.*']", ['cache']],
  [newest, "types: [UNKNOWN], exclude: { mediaTypes: ['*/vnd.oci.empty.*'] }", ['cache', 'wasm']],
  [newest, "artifactTypes: ['application/vnd.example.*', '*/vnd.wasm.*']", ['oras', 'wasm']],
  [
    newest,
    "exclude: { artifactTypes: ['application/vnd.example.*'] }",
    ['cache', 'chart', 'image', 'index', 'wasm'],
  ],
])('on Harbor %s { %s } takes %j', async (version, select, expected) => {
  const { goes, unknown } = await seen(version, select);
  expect({ goes, unknown }).toEqual({ goes: expected, unknown: [] });
});

test('before Harbor 2.12 artifact types are not known, and keep whatever the rule could be about', async () => {
  const select = "types: [UNKNOWN], artifactTypes: ['application/vnd.example.*']";
  const { goes, unknown } = await seen(old, select);
  expect({ goes, unknown }).toEqual({ goes: [], unknown: ['cache', 'oras', 'wasm'] });
});

test('an artifact type that Harbor’s migration copied from the media type is not known, and keeps', async () => {
  const empty = 'application/vnd.oci.empty.v1+json';
  const index = 'application/vnd.oci.image.index.v1+json';
  const migrated = {
    'old-oras': { mediaType: empty, artifactType: empty },
    'old-index': { platforms: 1, artifactType: index },
  };
  const select = "exclude: { artifactTypes: ['application/vnd.example.*'] }";
  const { goes, unknown } = await seen(newest, select, migrated);
  expect(unknown).toEqual(['old-index', 'old-oras']);
  expect(goes).toEqual(['cache', 'chart', 'image', 'index', 'wasm']);
});

test('a type that nothing has, and that Harbor does not give by itself, is warned of', async () => {
  const { report } = await seen(newest, 'types: [IMAGES, WASM]');
  const nothing = report.unmatched?.names.map(({ pattern }) => pattern);
  expect(nothing).toEqual(expect.arrayContaining(['IMAGES', 'WASM']));
  const warned = report.warnings.filter(({ code }) => code === 'matched-nothing');
  expect(warned.map(({ on, message }) => `${on} ${message}`)).toEqual([
    'rules[r].select.types "IMAGES" matched nothing: Harbor gives no such type by itself.',
  ]);
});
