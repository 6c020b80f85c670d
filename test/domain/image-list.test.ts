import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  listedImages,
  namesTag,
  readEntry,
  readImageList,
} from '../../functions/domain/image-list.ts';

const hex = 'a'.repeat(64);
const digest = `sha256:${hex}`;

/** What an entry means: digests, references and patterns together. */
function meaning(written: string, mirrors = {}): readonly string[] | string {
  const entry = readEntry(written, mirrors);
  return 'problem' in entry
    ? entry.problem
    : [...entry.digests, ...entry.references, ...entry.patterns];
}

describe('an entry', () => {
  test.each<[string, readonly string[]]>([
    ['team/api:v1', ['team/api:v1']],
    ['team/sub/api:v1', ['team/sub/api:v1', 'sub/api:v1']],
    ['team/api', ['team/api:latest']],
    [digest, [digest]],
    [`team/api@${digest}`, [digest]],
    [`team/api:v1@${digest}`, [digest, 'team/api:v1']],
    [`harbor.example/team/api@${digest}`, [digest]],
    // A project whose name has a dot keeps it; where the first part could be a host both readings hold.
    ['my.project/api:v1', ['my.project/api:v1']],
    ['harbor.example/team/api:v1', ['harbor.example/team/api:v1', 'team/api:v1']],
    ['registry/team/api:v1', ['registry/team/api:v1', 'team/api:v1']],
    ['localhost/team/api:v1', ['localhost/team/api:v1', 'team/api:v1']],
    // What can be no project is a host.
    ['HARBOR.example/team/api:v1', ['team/api:v1']],
    ['harbor.example:8443/team/api:v1', ['team/api:v1']],
    ['localhost:5000/team/api', ['team/api:latest']],
    ['[::1]:5000/team/api:v1', ['team/api:v1']],
    ['docker-pullable://h.example:443/team/api:v1', ['team/api:v1']],
    [`docker-pullable://h.example/team/api@${digest}`, [digest]],
    [`docker://${digest}`, [digest]],
    ['oci://h.example:443/charts/app:1.2.0+abc', ['charts/app:1.2.0_abc']],
    // Without a mirror nothing of Docker Hub lies here.
    ['nginx:1.27', []],
    ['team/*:pr-12', ['team/*:pr-12']],
    ['team/api-*', ['team/api-*:*']],
    ['h.example/team/*:pr-12', ['h.example/team/*:pr-12', 'team/*:pr-12']],
    ['h.example:443/team/{a,b}:v1', ['team/{a,b}:v1']],
    ['/team\\/.+:pr-\\d+/', ['/team\\/.+:pr-\\d+/']],
  ])('%s is understood', (written, meant) => {
    expect(meaning(written)).toEqual(meant);
  });

  test.each<[string, RegExp]>([
    ['sha256:xyz', /64 hex digits/],
    [`sha256:${hex.toUpperCase()}`, /64 hex digits/],
    [`team/api@sha256:${hex.slice(1)}`, /after the @/],
    [`team/api@${digest}@${digest}`, /after the @/],
    ['Team/API:v1', /was expected/],
    ['team/api/', /was expected/],
    ['/team/api:v1', /not a pattern/],
    ['team/api:', /is no tag/],
    ['team/api:v 1', /is no tag/],
    ['"team/api:v1",', /./],
    ['team//api:v1', /was expected/],
    ['https://harbor.example/team/api:v1', /./],
    ['team/[:v1', /not a pattern/],
    ['/team(/', /not a pattern/],
    ['!team/api:*', /can match no project/],
    ['/TEAM.+/', /can match no project/],
    ['- team/api:v1', /./],
  ])('%j is not understood', (written, problem) => {
    expect(meaning(written)).toEqual(expect.stringMatching(problem));
  });

  test.each<[string, readonly string[]]>([
    ['nginx:1.27', ['hub/nginx:1.27', 'hub/library/nginx:1.27']],
    ['docker.io/nginx:1.27', ['docker.io/nginx:1.27', 'hub/nginx:1.27', 'hub/library/nginx:1.27']],
    [
      'index.docker.io/library/nginx:1.27',
      ['index.docker.io/library/nginx:1.27', 'library/nginx:1.27', 'hub/library/nginx:1.27'],
    ],
    ['bitnami/redis:7', ['bitnami/redis:7', 'hub/bitnami/redis:7']],
    ['quay.io/org/app:v1', ['quay.io/org/app:v1', 'org/app:v1', 'proxy/quay/org/app:v1']],
    ['QUAY.io/org/app:v1', ['org/app:v1', 'proxy/quay/org/app:v1']],
  ])('with mirrors %s is found where its upstream lies', (written, meant) => {
    const found = meaning(written, { 'docker.io': 'hub', 'quay.io': 'proxy/quay' });
    expect(found).toEqual(expect.arrayContaining([...meant]));
    // Docker Hub is tried for every name without a known host: rather too much is kept.
    expect(
      (found as string[]).filter((one) => !meant.includes(one) && !one.startsWith('hub/')),
    ).toEqual([]);
  });
});

test('a mirror of another registry than Docker Hub says nothing of names without a host', () => {
  const mirrors = { 'quay.io': 'proxy' };
  expect(meaning('bitnami/redis:7', mirrors)).toEqual(['bitnami/redis:7']);
  expect(meaning('nginx:1', mirrors)).toEqual([]);
  expect(meaning('quay.io/app:v1', mirrors)).toEqual(['quay.io/app:v1', 'proxy/app:v1']);
});

test('a name on Docker Hub is looked for where its mirror lies, and nowhere else', () => {
  const mirrors = { 'Docker.IO': 'hub' };
  expect(meaning('nginx:1', mirrors)).toEqual(['hub/nginx:1', 'hub/library/nginx:1']);
  expect(meaning('registry-1.docker.io/bitnami/redis:7', mirrors)).toEqual([
    'registry-1.docker.io/bitnami/redis:7',
    'bitnami/redis:7',
    'hub/bitnami/redis:7',
  ]);
  expect(meaning('DOCKER.io/redis:7', mirrors)).toEqual(['hub/redis:7', 'hub/library/redis:7']);
  // Another host that can be no project is not on Docker Hub.
  expect(meaning('h.example:443/redis:7', mirrors)).toEqual([]);
});

describe('a list', () => {
  test('has one entry a line, with comments, blank lines, Windows line ends and a byte order mark', () => {
    const read = readImageList('\uFEFF# prod\r\n\r\nteam/api:v1 # runs\r\nteam/web:v2\r\n');
    expect(read.ok && read.entries.map(({ written }) => written)).toEqual([
      'team/api:v1',
      'team/web:v2',
    ]);
  });

  test.each([
    '',
    '\n\n',
    '# export of cluster prod\n',
    '# nonexistent\n',
    '# none of these\n',
    '# for #none\n',
  ])('%j is empty, which is not known to mean nothing', (text) => {
    const read = readImageList(text);
    expect(read).toMatchObject({ ok: false, because: 'it is empty.' });
    expect('remedy' in read && read.remedy).toContain('"# none"');
  });

  test.each(['# none', '#none\n', '# prod\n# None.\n'])('%j says that there is none', (text) => {
    expect(readImageList(text)).toMatchObject({ ok: true, entries: [] });
  });

  test('with one line that is not understood is not known, and names the line', () => {
    expect(readImageList('team/api:v1\nsha256:short\n')).toMatchObject({
      ok: false,
      because: expect.stringContaining('line 2, "sha256:short"'),
      remedy: expect.stringContaining('line 2'),
    });
  });

  test('that is torn shows no more of a line than a person reads, and a mark of byte order only stands in front', () => {
    const torn = readImageList(`team/api:v1\n${'x/'.repeat(5_000)}\n`);
    expect('because' in torn && torn.because.length).toBeLessThan(500);
    expect(readImageList('team/api:v1\nteam/\uFEFFweb:v2\n').ok).toBe(false);
  });

  test.each<[string, string | undefined]>([
    ['# writtenAt: 2026-11-21T03:30:00Z\nteam/api:v1\n', '2026-11-21T03:30:00Z'],
    ['# export writtenAt=2026-11-21T03:30:00.5+01:00\nteam/api:v1\n', '2026-11-21T02:30:00.500Z'],
    ['# {"writtenAt": "2026-11-21T03:30:00Z"}\nteam/api:v1\n', '2026-11-21T03:30:00Z'],
    ['# prod\n# writtenAt: 2026-11-21T03:30:00Z\nteam/api:v1\n', undefined],
    ['# writtenAt: yesterday\nteam/api:v1\n', undefined],
    ['# writtenAt: 2026-13-41T99:30:00Z\nteam/api:v1\n', undefined],
    ['# writtenAt 2026-11-21T03:30:00Z\nteam/api:v1\n', '2026-11-21T03:30:00Z'],
    ['# "writtenAt" = "2026-11-21T03:30:00Z"\nteam/api:v1\n', '2026-11-21T03:30:00Z'],
    ['# notwrittenAt: 2026-11-21T03:30:00Z\nteam/api:v1\n', undefined],
    ['\n\n  # writtenAt: 2026-11-21T03:30:00Z\nteam/api:v1\n', '2026-11-21T03:30:00Z'],
    ['team/api:v1\n# writtenAt: 2026-11-21T03:30:00Z\n', '2026-11-21T03:30:00Z'],
    ['team/api:v1\n', undefined],
  ])('%j was written at %s', (text, at) => {
    expect(readImageList(text)).toMatchObject({
      ok: true,
      writtenAt: at === undefined ? 'unknown' : Date.parse(at),
    });
  });
});

test('a tag is named by its reference or by a pattern', () => {
  const read = readImageList('team/api:v1\nteam/web-*:pr-?\n/team\\/(a|b):.*/\n');
  const images = listedImages(read.ok ? read.entries : []);
  for (const named of ['team/api:v1', 'team/web-1:pr-7', 'team/a:x'])
    expect([named, namesTag(images, named)]).toEqual([named, true]);
  for (const other of ['team/api:v2', 'team/web:pr-7', 'team/web-1:pr-77', 'team/c:x'])
    expect([other, namesTag(images, other)]).toEqual([other, false]);
});

const component = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,3}[a-z0-9])?$/);
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,5}$/);

test('the exact name of an image always means that image, whatever stands in front', () => {
  const host = fc.constantFrom('', 'h.example/', 'H.example:5000/', 'registry/', 'docker://');
  fc.assert(
    fc.property(
      fc.tuple(component, component).map((parts) => parts.join('/')),
      tag,
      host,
      (path, name, before) => {
        const reference = `${path}:${name}`;
        const entry = readEntry(`${before}${reference}`);
        expect('problem' in entry ? entry.problem : entry.references).toContain(reference);
      },
    ),
  );
});

test('a list that is cut anywhere but between lines is understood as something else, or not at all', () => {
  const whole = `# writtenAt: 2026-11-21T03:30:00Z\nteam/api@${digest}\n`;
  for (let end = whole.indexOf('@') + 1; end < whole.length - 1; end += 1)
    expect([end, readImageList(whole.slice(0, end)).ok]).toEqual([end, false]);
});
