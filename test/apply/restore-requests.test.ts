// The requests of one restore, by what each is for; docs/restoring.md shows the same table.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { restoreItem } from '../../functions/apply/restore.ts';
import { trashTag } from '../../functions/domain/trash.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { deletionOf } from '../support/deletion.ts';

const day = 86_400_000;
const place = { project: 'team', repository: 'api' };
const trash = { project: 'trash', repository: 'team/api' };
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash', { public: false });
});
afterEach(() => harbor.close());

/** Deletes an artifact into the trash; what is done to it there before it comes back. */
async function requestsFor(
  artifact: SeedArtifact,
  meanwhile: (digest: string) => void = () => undefined,
): Promise<readonly string[]> {
  const pushedAt = harbor.clock.now() - 90 * day;
  const { digest } = harbor.seed.push({ ...place, pushedAt, ...artifact });
  harbor.seed.push({ ...place, tags: ['stays'], size: 3 });
  const action = await deletionOf(harbor, { ...place, digest });
  const ports = applyPortsOn(harbor);
  const undo = { kind: 'trash', project: 'trash', keepFor: 14 * day } as const;
  await deleteArtifact(action, { ports, undo, runId: 'a-run', isResumed: false });
  meanwhile(digest);
  harbor.requests.clear();
  const item = {
    kind: 'artifact',
    place,
    digest,
    tags: action.tags.map(({ name }) => name),
    labels: [],
    trash,
    unnamed: [],
    proof: 'plan',
    artifactId: action.artifactId,
    mayBeGone: true,
    isUncertain: false,
  } as const;
  const restored = await restoreItem(item, { ports, labels: new Map() });
  expect(restored.result).toBe('restored');
  return harbor.requests.all.map(({ method, path }) => {
    const where = path.includes('/projects/trash/') ? 'copy' : 'place';
    if (path.startsWith('/v2/')) return method === 'GET' ? 'read manifest' : 'put manifest';
    if (method === 'DELETE') return `unname ${where}`;
    if (method === 'POST') return path.endsWith('/tags') ? `name ${where}` : 'copy back';
    return `read ${where}`;
  });
}

test('an image with one tag takes nine', async () => {
  expect(await requestsFor({ tags: ['v1'] })).toEqual([
    'read place',
    'read copy',
    'copy back',
    'read manifest',
    'put manifest',
    'name place',
    'unname place',
    'read place',
    'name copy',
  ]);
});

test('each further tag takes two', async () => {
  const five = await requestsFor({ tags: ['a', 'b', 'c', 'd', 'e'] });
  expect(five).toHaveLength(9 + 2 * 4);
});

test('a copy with a name that would move a tag is renamed, and read again, before it comes back', async () => {
  const sent = await requestsFor({ tags: ['v1'] }, (digest) => {
    harbor.seed.moveTag({ ...trash, tag: 'stays', to: digest });
  });
  const copied = sent.indexOf('copy back');
  const before = sent.slice(0, copied);
  expect(before.filter((one) => one !== 'read place')).toEqual([
    'read copy',
    'read copy',
    'name copy',
    'unname copy',
    'read copy',
  ]);
});

test('a name of the trash that comes back is taken off, whoever has put it there', async () => {
  await requestsFor({ tags: ['v1'] }, (digest) => {
    harbor.seed.moveTag({ ...trash, tag: trashTag(digest, 'mine'), to: digest });
  });
  const names = harbor.state.tags(place.project, place.repository).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['stays', 'v1']);
});
