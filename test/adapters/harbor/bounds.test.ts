import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HarborConnection } from '../../../functions/adapters/harbor/client.ts';
import { bounds } from '../../../functions/domain/bounds.ts';
import { readPart } from '../../../functions/inventory/read-part.ts';
import { type EmbeddedHarbor, type FaultName, startHarbor } from '../../sandbox/harbor/index.ts';
import { readerOf, readEverything } from '../../support/harbor-world.ts';

let harbor: EmbeddedHarbor;
const clock = { now: () => Date.UTC(2026, 10, 21) };
const ofAttacker = /attacker/;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('attacker');
  harbor.seed.project('team');
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
  harbor.seed.push({ project: 'attacker', repository: 'small', tags: ['v1'] });
});
afterEach(() => harbor.close());

const readerWith = (more: Partial<HarborConnection> = {}) =>
  readerOf({ url: harbor.url, ...harbor.admin, ...more }, clock);

const pushMany = (count: number, more: { readonly annotations?: Record<string, string> } = {}) => {
  for (let index = 0; index < count; index += 1)
    harbor.seed.push({ project: 'attacker', repository: 'big', tags: [`t${index}`], ...more });
};

const sizesOf = (path: RegExp): readonly string[] =>
  harbor.requests.all
    .map(({ path: asked }) => asked)
    .filter((asked) => path.test(asked))
    .map((asked) => /page_size=(\d+)/.exec(asked)?.[1] ?? '');

const listOfAttacker = /projects\/attacker\/artifacts\?/;

describe('a list whose answers are too large', () => {
  const answerBytes = 60_000;

  test('is read whole by smaller pages, in which no row is missing or comes twice', async () => {
    pushMany(37, { annotations: { padding: 'x'.repeat(4_000) } });
    const { listings } = await readEverything(readerWith({ answerBytes }));
    const big = listings.get('attacker/big');
    expect(big?.kind).toBe('complete');
    expect(new Set(big?.artifacts.map(({ digest }) => digest)).size).toBe(37);
    expect(big?.artifacts).toHaveLength(37);
    expect(sizesOf(listOfAttacker).slice(0, 3)).toEqual(['100', '10', '10']);
  });

  test('goes down to single rows, and comes back up where rows are small again', async () => {
    pushMany(4, { annotations: { padding: 'x'.repeat(30_000) } });
    for (let index = 0; index < 30; index += 1)
      harbor.seed.push({ project: 'attacker', repository: 'big', tags: [`small-${index}`] });
    const { listings } = await readEverything(readerWith({ answerBytes }));
    expect(listings.get('attacker/big')?.artifacts).toHaveLength(34);
    const sizes = sizesOf(listOfAttacker);
    expect(sizes).toEqual(['100', '10', '1', '1', '1', '1', '1', '10', '10', '10']);
  });

  test('costs the repository that is unreadable even by single rows, and no other', async () => {
    pushMany(3, { annotations: { padding: 'x'.repeat(answerBytes) } });
    const { listings } = await readEverything(readerWith({ answerBytes }));
    const big = listings.get('attacker/big');
    expect(big).toMatchObject({ kind: 'incomplete', artifacts: [] });
    expect(big?.kind === 'incomplete' && big.because).toMatch(
      /^attacker\/big is not planned: .*more than 60000 bytes, which is the bound/,
    );
    expect(listings.get('attacker/small')?.kind).toBe('complete');
    expect(listings.get('team/api')?.kind).toBe('complete');
  });

  test('ends at the bound: the rest of the answer is not read', async () => {
    harbor.faults.on('huge-annotation', { value: 5_000_000, path: ofAttacker });
    const { listings } = await readEverything(readerWith({ answerBytes }));
    expect(listings.get('attacker/small')?.kind).toBe('incomplete');
    expect(listings.get('team/api')?.kind).toBe('complete');
  });

  test('other lists keep their full pages', async () => {
    pushMany(37, { annotations: { padding: 'x'.repeat(4_000) } });
    const reader = readerWith({ answerBytes });
    await readEverything(reader);
    expect(new Set(sizesOf(/projects\/team\/artifacts\?/))).toEqual(new Set(['100']));
    const { sent, lowerBound } = reader.requests();
    expect(lowerBound).toBeLessThan(sent);
  });
});

describe('a list whose answers come too late', () => {
  test.each<[FaultName, Partial<HarborConnection>]>([
    ['late-above', {}],
    ['silent-above', { timeoutMs: 200 }],
  ])('is read by smaller pages: %s', async (fault, connection) => {
    pushMany(23);
    harbor.faults.on(fault, { value: 10, path: listOfAttacker });
    const { listings } = await readEverything(readerWith(connection));
    expect(listings.get('attacker/big')?.artifacts).toHaveLength(23);
  });

  test('is asked twice for a page, and not as often as where no smaller one is left', async () => {
    pushMany(23);
    harbor.faults.on('late-above', { value: 10, path: listOfAttacker });
    await readEverything(readerWith());
    expect(sizesOf(listOfAttacker)).toEqual(['100', '100', '10', '10', '10']);
  });

  test('a single late answer is no reason for smaller pages', async () => {
    harbor.faults.on('late-above', { value: 10, times: 1, path: listOfAttacker });
    await readEverything(readerWith());
    expect(new Set(sizesOf(listOfAttacker))).toEqual(new Set(['100']));
  });
});

describe('an artifact that bears more than is read of one', () => {
  test.each<[FaultName, 'tags' | 'children' | 'accessories', number]>([
    ['many-tags', 'tags', bounds.tags],
    ['many-children', 'children', bounds.children],
    ['many-accessories', 'accessories', bounds.accessories],
  ])('%s: its repository is named with the bound', async (fault, what, most) => {
    harbor.faults.on(fault, { value: most + 1, path: ofAttacker });
    const { listings } = await readEverything(readerWith());
    const small = listings.get('attacker/small');
    expect(small?.kind === 'incomplete' && small.because).toMatch(
      new RegExp(`more than ${most} ${what}, which is the bound`),
    );
    expect(listings.get('team/api')?.kind).toBe('complete');
  });

  test('with exactly as many it is read', async () => {
    harbor.faults.on('many-tags', { value: bounds.tags, path: ofAttacker });
    const { listings } = await readEverything(readerWith());
    expect(listings.get('attacker/small')?.kind).toBe('complete');
  });

  test('200,000 tags are beyond the bytes of an answer already', async () => {
    harbor.faults.on('many-tags', { value: 200_000, path: ofAttacker, times: 6 });
    const { listings } = await readEverything(readerWith());
    const small = listings.get('attacker/small');
    expect(small?.kind === 'incomplete' && small.because).toContain('which is the bound');
  });
});

test('what the repositories of a part bear together is bounded, and each is then read by itself', async () => {
  harbor.faults.on('many-tags', {
    value: 1_600,
    path: /repositories.*small.*artifacts|attacker\/artifacts/,
  });
  const reader = readerWith();
  await reader.identify();
  const projects = await reader.listProjects();
  const heads = await reader.listRepositories(projects);
  const [part] = projects
    .filter(({ name }) => name === 'attacker')
    .map(({ name, id }) => ({
      project: name,
      projectId: id,
      repositories: heads.filter(({ project }) => project === name),
      by: 'range' as const,
    }));
  if (part === undefined) throw new Error('no such project');
  const options = {
    withChildren: false,
    confirmUntagged: false,
    unplannable: {},
    maxArtifacts: 50,
  };
  expect(await readPart(reader, [part], options)).toMatchObject([
    { kind: 'unplannable', because: expect.stringContaining('weigh as much as') },
  ]);
});
