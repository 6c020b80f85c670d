// The requests of one deletion, by what each is for; docs/scale.md shows the same table.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { deletionOf } from '../support/deletion.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash', { public: false });
});
afterEach(() => harbor.close());

/** `read original`, `copy`, `name`, `unname`, `read copy`, `delete`, in their order. */
async function requestsFor(artifact: SeedArtifact): Promise<readonly string[]> {
  const pushedAt = harbor.clock.now() - 90 * day;
  const { digest } = harbor.seed.push({
    project: 'team',
    repository: 'api',
    pushedAt,
    ...artifact,
  });
  const place = { project: 'team', repository: 'api' };
  const action = await deletionOf(harbor, { ...place, digest });
  const ports = applyPortsOn(harbor);
  const now = await ports.harbor.readArtifact(place, digest);
  harbor.requests.clear();
  const result = await deleteArtifact(action, {
    ports,
    undo: { kind: 'trash', project: 'trash', keepFor: 14 * day },
    runId: '2026-11-21T033000Z',
    isResumed: false,
    // What the repository's list said, seconds ago.
    judgeAgain: () =>
      Promise.resolve({ artifact: now.kind === 'there' ? now.artifact : undefined }),
  });
  expect(result.result).toBe('done');
  return harbor.requests.all.map(({ method, path }) => {
    const where = path.includes('/projects/trash/') ? 'copy' : 'original';
    if (method === 'GET') return `read ${where}`;
    if (method === 'POST') return path.endsWith('/tags') ? 'name' : 'copy';
    return path.includes('/tags/') ? 'unname' : 'delete';
  });
}

test('an image with one tag takes six', async () => {
  expect(await requestsFor({ tags: ['v1'] })).toEqual([
    'copy',
    'name',
    'unname',
    'read original',
    'read copy',
    'delete',
  ]);
});

test('each further tag takes two', async () => {
  const five = await requestsFor({ tags: ['a', 'b', 'c', 'd', 'e'] });
  expect(five).toHaveLength(6 + 2 * 4);
  expect(five.filter((one) => one === 'name' || one === 'unname')).toHaveLength(10);
});

test('an untagged image is read before it is copied, and each of its looks makes sure that it is untagged', async () => {
  expect(await requestsFor({ tags: [] })).toEqual([
    'read original',
    'read original',
    'copy',
    'name',
    'read original',
    'read original',
    'read copy',
    'delete',
  ]);
});

test('a signature is read with the image, and with its copy', async () => {
  const signed = await requestsFor({ tags: ['v1'], accessories: [{ type: 'signature.cosign' }] });
  expect(signed.filter((one) => one === 'read original')).toHaveLength(4);
  expect(signed.filter((one) => one === 'read copy')).toHaveLength(2);
  expect(signed).toHaveLength(10);
});
