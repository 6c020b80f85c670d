import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { itemsInTrash, type RestoreItem } from '../../functions/apply/restore-item.ts';
import { planRestore } from '../../functions/apply/plan-restore.ts';
import { restoreItem } from '../../functions/apply/restore.ts';
import type { DeleteArtifact } from '../../functions/domain/action.ts';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { builder } from '../support/builder.ts';
import { deletionOf } from '../support/deletion.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash');
});
afterEach(() => harbor.close());

const context = () => ({
  ports: applyPortsOn(harbor),
  undo: { kind: 'trash', project: 'trash', keepFor: 14 * day } as const,
  runId: '2026-11-21T033000Z',
  isResumed: false,
});

async function trashed(artifact: SeedArtifact, repository = 'api'): Promise<DeleteArtifact> {
  const pushedAt = harbor.clock.now() - 90 * day;
  const { digest } = harbor.seed.push({ project: 'team', repository, pushedAt, ...artifact });
  const action = await deletionOf(harbor, { project: 'team', repository, digest });
  expect(await deleteArtifact(action, context())).toMatchObject({ result: 'done' });
  return action;
}

function itemOf(action: DeleteArtifact): RestoreItem {
  return {
    kind: 'artifact',
    place: { project: 'team', repository: action.repository },
    digest: action.digest,
    tags: action.tags.map((tag) => tag.name),
    labels: action.labels,
    trash: { project: 'trash', repository: `team/${action.repository}` },
    unnamed: [],
    proof: 'plan',
    artifactId: action.artifactId,
    mayBeGone: true,
    isUncertain: false,
  };
}

async function restore(action: DeleteArtifact, item = itemOf(action)) {
  const ports = applyPortsOn(harbor);
  const projects = harbor.state.projects().filter((one) => one.name === 'team');
  const labels = await ports.harbor.readLabels(projects[0]?.id ?? 0);
  return await restoreItem(item, { ports, labels });
}

/** What can be equal after a round trip: everything but row ids and times. */
function stateOf(project: string) {
  return harbor.state
    .artifacts(project)
    .map((one) => ({
      digest: one.digest,
      repository: one.repository,
      tags: [...one.tags].toSorted(),
    }))
    .toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
}

describe('what was deleted comes back', () => {
  const kinds: readonly [string, SeedArtifact][] = [
    ['an image with two tags', { tags: ['v1', 'latest'] }],
    ['an untagged image', { tags: [] }],
    ['an index with children', { tags: ['v1'], platforms: 3 }],
    [
      'an index with signatures of itself and of a child',
      {
        tags: ['v1'],
        children: [{ accessories: [{ type: 'signature.cosign' }] }, {}],
        accessories: [{ type: 'signature.cosign' }, { type: 'sbom.harbor' }],
      },
    ],
    ['a nested index', { tags: ['v1'], children: [{ children: [{}, {}] }, {}] }],
    ['an image with a referrer', { tags: ['v1'], accessories: [{ type: 'subject.accessory' }] }],
    ['a Helm chart', { tags: ['1.2.3'], mediaType: 'application/vnd.cncf.helm.config.v1+json' }],
    [
      'a generic artifact',
      { tags: ['data-1'], mediaType: 'application/vnd.example.config.v1+json' },
    ],
    ['an attestation under its tag alone', { tags: [`sha256-${'a'.repeat(64)}.att`] }],
    ['an image with 200 tags', { tags: Array.from({ length: 200 }, (_, index) => `t${index}`) }],
  ];

  test.each(kinds)('%s', async (_what, artifact) => {
    harbor.seed.push({ project: 'team', repository: 'other', tags: ['stays'] });
    const digestBefore = harbor.seed.push({
      project: 'team',
      repository: 'api',
      ...artifact,
      pushedAt: harbor.clock.now() - 90 * day,
    });
    const before = stateOf('team');
    const action = await deletionOf(harbor, {
      project: 'team',
      repository: 'api',
      digest: digestBefore.digest,
    });
    await deleteArtifact(action, context());
    expect(stateOf('team')).not.toEqual(before);
    expect(await restore(action)).toMatchObject({ result: 'restored' });
    expect(stateOf('team')).toEqual(before);
    const copy = stateOf('trash').find((one) => one.digest === action.digest);
    expect(copy?.tags).toContain(`${action.digest.slice(7, 19)}...restored`);
  });

  test('with its labels', async () => {
    const label = harbor.seed.label({ name: 'audited' });
    const action = await trashed({ tags: ['v1'], labels: [label] });
    await restore(action);
    const now = await applyPortsOn(harbor).harbor.readArtifact(action, action.digest);
    expect(now.kind === 'there' && now.artifact.labels).toEqual(['audited']);
  });

  test('and doing it twice changes nothing', async () => {
    const action = await trashed({ tags: ['v1', 'v2'] });
    await restore(action);
    const once = stateOf('team');
    expect(await restore(action)).toMatchObject({ result: 'complete' });
    expect(stateOf('team')).toEqual(once);
  });

  test('and again, where Harbor made a copy whose answer was lost once more afterwards', async () => {
    const action = await trashed({ tags: ['v1'], platforms: 2 });
    await restore(action);
    const once = stateOf('team');
    const { project, repository, digest } = action;
    const copy = { project: 'trash', repository: `team/${repository}`, digest };
    const { harbor: hands } = applyPortsOn(harbor);
    expect(await hands.copyArtifact(copy, { project, repository })).toEqual({ kind: 'done' });
    expect(stateOf('team')).not.toEqual(once);
    expect(await restore(action)).toMatchObject({ result: 'restored' });
    expect(stateOf('team')).toEqual(once);
  });

  test('and nothing is called complete while the tags of what is back can’t be read', () => {
    const { artifacts } = builder('team/api').push('image').repository();
    const [artifact] = artifacts;
    if (artifact === undefined) throw new Error('no artifact');
    const item: RestoreItem = {
      kind: 'artifact',
      place: { project: 'team', repository: 'api' },
      digest: artifact.digest,
      tags: [],
      labels: [],
      unnamed: [],
      proof: 'plan',
      mayBeGone: true,
      isUncertain: false,
    };
    const fateWith = (tags: Artifact['tags']) => {
      const original = {
        kind: 'there',
        artifact: { ...artifact, tags },
        immutableTags: [],
      } as const;
      return planRestore(item, { original, copy: undefined, tagsNow: new Map() }).fate;
    };
    expect([fateWith('unknown'), fateWith([])]).toEqual(['restore', 'complete']);
  });

  test('but where Harbor may still carry out its deletion, that is said of it', async () => {
    const pushedAt = harbor.clock.now() - 90 * day;
    const { digest } = harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['v1'],
      pushedAt,
    });
    const action = await deletionOf(harbor, { project: 'team', repository: 'api', digest });
    const certain = await restore(action);
    expect(certain).toMatchObject({ result: 'complete', step: { notes: [] } });
    const { result, step } = await restore(action, { ...itemOf(action), isUncertain: true });
    expect(result).toBe('complete');
    expect(step.notes).toEqual([expect.stringContaining('Restore it again in an hour')]);
  });

  test('but a tag that points elsewhere by now is never moved', async () => {
    const action = await trashed({ tags: ['v1', 'latest'] });
    const newer = harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['latest'],
      size: 9,
    });
    expect(await restore(action)).toMatchObject({
      result: 'restored',
      step: { taken: [{ tag: 'latest', by: newer.digest }], createTags: ['v1'] },
    });
    const tags = Object.fromEntries(stateOf('team').map((one) => [one.digest, one.tags]));
    expect(tags).toEqual({ [action.digest]: ['v1'], [newer.digest]: ['latest'] });
  });

  test('even if a crash left the copy under its old names', async () => {
    const action = await trashed({ tags: ['latest'] });
    const ports = applyPortsOn(harbor);
    const place = { project: 'trash', repository: 'team/api', digest: action.digest };
    await ports.harbor.createTag(place, 'latest');
    const newer = harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['latest'],
      size: 9,
    });
    expect(await restore(action)).toMatchObject({ result: 'restored' });
    const owner = await ports.harbor.readTag({ project: 'team', repository: 'api' }, 'latest');
    expect(owner).toBe(newer.digest);
  });

  test('from the trash alone, when the record is lost', async () => {
    const action = await trashed({ tags: ['v1', 'v2'] });
    const place = { project: 'trash', repository: 'team/api' };
    const now = await applyPortsOn(harbor).harbor.readArtifact(place, action.digest);
    const artifacts = now.kind === 'there' ? [now.artifact] : [];
    const [item] = itemsInTrash({ place, artifacts }, () => true);
    expect(item).toMatchObject({
      place: { project: 'team', repository: 'api' },
      tags: expect.arrayContaining(['v1', 'v2']),
    });
    if (item !== undefined)
      expect(await restore(action, item)).toMatchObject({ result: 'restored' });
    expect(stateOf('team').map((one) => one.tags)).toEqual([['v1', 'v2']]);
  });

  test('and says what only the copy has, where somebody pushed the digest again without its signature', async () => {
    const action = await trashed({ tags: ['v1'], accessories: [{ type: 'signature.cosign' }] });
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], digest: action.digest });
    expect(await restore(action)).toMatchObject({
      result: 'restored',
      step: { notes: [expect.stringContaining('only the copy has it')] },
    });
    const there = harbor.state.artifacts('trash').map((one) => one.digest);
    expect(there).toEqual(expect.arrayContaining([action.digest, ...action.accessories]));
  });

  test('unless the trash holds it no more', async () => {
    const action = await trashed({ tags: ['v1'] });
    await applyPortsOn(harbor).harbor.deleteArtifact(
      { project: 'trash', repository: 'team/api' },
      action.digest,
    );
    expect(await restore(action)).toMatchObject({
      result: 'lost',
      step: { notes: [expect.stringContaining('the copy was purged')] },
    });
  });

  test('and may be trashed, restored and trashed again', async () => {
    const first = await trashed({ tags: ['v1'] });
    await restore(first);
    const again = await deletionOf(harbor, {
      project: 'team',
      repository: 'api',
      digest: first.digest,
    });
    expect(await deleteArtifact(again, context())).toMatchObject({ result: 'done' });
    expect(await restore(again)).toMatchObject({ result: 'restored' });
    expect(stateOf('team').map((one) => one.tags)).toEqual([['v1']]);
  });
});
