import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { removeTag } from '../../functions/apply/remove-tag.ts';
import type { DeleteArtifact, RemoveTag } from '../../functions/domain/action.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../sandbox/harbor/index.ts';
import { deletionOf, removalOf } from '../support/deletion.ts';
import { applyPortsOn } from '../support/apply-ports.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash', { public: false });
});
afterEach(() => harbor.close());

/** Pushes, and plans to delete what was pushed, from what Harbor says of it now. */
async function planned(artifact: SeedArtifact, repository = 'api'): Promise<DeleteArtifact> {
  const pushedAt = harbor.clock.now() - 90 * day;
  const { digest } = harbor.seed.push({ project: 'team', repository, pushedAt, ...artifact });
  return await planOf(repository, digest);
}

const planOf = (repository: string, digest: string): Promise<DeleteArtifact> =>
  deletionOf(harbor, { project: 'team', repository, digest });

const context = (overrides: { isResumed?: boolean; undo?: 'none' } = {}) => ({
  ports: applyPortsOn(harbor),
  undo:
    overrides.undo === 'none'
      ? ({ kind: 'none' } as const)
      : ({ kind: 'trash', project: 'trash', keepFor: 14 * day } as const),
  runId: '2026-11-21T033000Z',
  isResumed: overrides.isResumed ?? false,
});

const tagsIn = (project: string, repository: string): string[] =>
  harbor.state
    .tags(project, repository)
    .map((tag) => tag.name)
    .toSorted();

const hex = (digest: string): string => digest.slice(7, 19);

describe('deleting an artifact', () => {
  test('leaves a copy in the trash under names of its own, and nothing where it was', async () => {
    const action = await planned({
      tags: ['v1', 'latest'],
      platforms: 2,
      accessories: [{ type: 'signature.cosign' }],
    });
    const result = await deleteArtifact(action, context());
    const tags = [`${hex(action.digest)}.v1`, `${hex(action.digest)}.latest`];
    expect(result).toEqual({
      result: 'done',
      trash: {
        project: 'trash',
        repository: 'team/api',
        tags: expect.arrayContaining(tags),
        restorableUntil: harbor.clock.now() + 14 * day,
      },
    });
    expect(tagsIn('trash', 'team/api')).toEqual(tags.toSorted());
    expect(harbor.state.artifacts('team', 'api')).toEqual([]);
    const copies = harbor.state.artifacts('trash', 'team/api').map((one) => one.digest);
    expect(copies).toEqual(
      expect.arrayContaining([action.digest, ...action.children, ...action.accessories]),
    );
  });

  test('gives an untagged artifact a name in the trash, so that no garbage collection takes it', async () => {
    const action = await planned({ tags: [] });
    expect(await deleteArtifact(action, context())).toMatchObject({ result: 'done' });
    expect(tagsIn('trash', 'team/api')).toEqual([`${hex(action.digest)}.`]);
  });

  test('keeps two generations of one tag apart in the trash', async () => {
    const first = await planned({ tags: ['latest'], size: 1 });
    await deleteArtifact(first, context());
    const second = await planned({ tags: ['latest'], size: 2 });
    await deleteArtifact(second, context());
    expect(tagsIn('trash', 'team/api')).toEqual(
      [`${hex(first.digest)}.latest`, `${hex(second.digest)}.latest`].toSorted(),
    );
  });

  test('does not happen if anything changed since it was planned', async () => {
    const changes: [string, (action: DeleteArtifact) => void][] = [
      [
        'tag v2 was put on it',
        ({ digest }) =>
          harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'v2', to: digest }),
      ],
    ];
    for (const [what, change] of changes) {
      const action = await planned({ tags: ['v1'] });
      change(action);
      expect(await deleteArtifact(action, context())).toEqual({ result: 'changed', what });
      expect(tagsIn('team', 'api')).toContain('v1');
    }
    expect(harbor.state.artifacts('trash')).toEqual([]);
  });

  test('of a digest that was deleted and pushed again leaves the new one alone', async () => {
    const action = await planned({ tags: ['v1'] });
    await applyPortsOn(harbor).harbor.deleteArtifact(action, action.digest);
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], digest: action.digest });
    expect(await deleteArtifact(action, context())).toEqual({
      result: 'changed',
      what: 'it was deleted and pushed again',
    });
  });

  test('that somebody else did first is already gone', async () => {
    const action = await planned({ tags: ['v1'] });
    await planned({ tags: ['other'] });
    await applyPortsOn(harbor).harbor.deleteArtifact(action, action.digest);
    expect(await deleteArtifact(action, context())).toEqual({ result: 'already-gone' });
  });

  test('that was cut off behind the deletion is recognised as done', async () => {
    const action = await planned({ tags: ['v1'] });
    const first = await deleteArtifact(action, context());
    expect(await deleteArtifact(action, context({ isResumed: true }))).toEqual(first);
    expect(await deleteArtifact(action, context())).toEqual({ result: 'already-gone' });
  });

  test('of what an immutability rule holds is not tried, whatever the plan says', async () => {
    const action = await planned({ tags: ['v1'] });
    harbor.seed.immutableRule('team', { tags: 'v*' });
    expect(await deleteArtifact(action, context())).toEqual({
      result: 'changed',
      what: 'tag v1 became immutable',
    });
  });

  test('of a child whose index stays is protected by Harbor', async () => {
    const index = harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['v1'],
      platforms: 1,
    });
    const now = await applyPortsOn(harbor).harbor.readArtifact(
      { project: 'team', repository: 'api' },
      index.digest,
    );
    const child = now.kind === 'there' ? (now.artifact.children[0] ?? '') : '';
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'child', to: child });
    expect(await deleteArtifact(await planOf('api', child), context())).toMatchObject({
      result: 'protected',
      by: 'parent',
    });
  });

  test('goes without a copy where the trash is switched off in so many words', async () => {
    const action = await planned({ tags: ['v1'] });
    expect(await deleteArtifact(action, context({ undo: 'none' }))).toEqual({ result: 'done' });
    expect(harbor.state.artifacts('trash')).toEqual([]);
    expect(harbor.state.artifacts('team')).toEqual([]);
  });

  test('stops at a trash without room', async () => {
    harbor.seed.quota('trash', 1);
    const action = await planned({ tags: ['v1'], size: 1_000 });
    expect(await deleteArtifact(action, context())).toMatchObject({ result: 'trash-full' });
    expect(tagsIn('team', 'api')).toEqual(['v1']);
  });

  test('of a repository with a very long name goes to a short place', async () => {
    const action = await planned({ tags: ['v1'] }, `a/${'b'.repeat(228)}`);
    expect(await deleteArtifact(action, context())).toMatchObject({
      result: 'done',
      trash: { repository: expect.stringMatching(/^long--names\/[0-9a-f]{40}$/) },
    });
  });
});

describe('removing a tag', () => {
  const removal = async (tag: string): Promise<RemoveTag> => {
    const action = await planned({ tags: ['ci-1', 'release'] });
    return removalOf(action, tag);
  };

  test('takes that tag alone', async () => {
    expect(await removeTag(await removal('ci-1'), context())).toEqual({ result: 'done' });
    expect(tagsIn('team', 'api')).toEqual(['release']);
  });

  test('does not take it from the digest it moved to', async () => {
    const action = await removal('ci-1');
    const other = harbor.seed.push({ project: 'team', repository: 'api', tags: ['x'], size: 7 });
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'ci-1', to: other.digest });
    expect(await removeTag(action, context())).toEqual({
      result: 'changed',
      what: 'tag ci-1 left it',
    });
    expect(tagsIn('team', 'api')).toEqual(['ci-1', 'release', 'x']);
  });

  test.each([
    ['the tag that was to stay is gone', 'release', 'tag release left it'],
    ['a sibling of the same plan is gone', 'ci-2', undefined],
  ])('looks at what stays: %s', async (_, gone, what) => {
    const action = removalOf(await planned({ tags: ['release', 'ci-1', 'ci-2'] }), 'ci-1');
    const other = harbor.seed.push({ project: 'team', repository: 'api', tags: ['x'], size: 7 });
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: gone, to: other.digest });
    expect(await removeTag(action, context())).toEqual(
      what === undefined ? { result: 'done' } : { result: 'changed', what },
    );
  });

  test('stops where somebody has put another tag on it since', async () => {
    const action = await removal('ci-1');
    harbor.clock.advance(1_000);
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'new', to: action.digest });
    expect(await removeTag(action, context())).toEqual({
      result: 'changed',
      what: 'tag new was put on it',
    });
  });

  test('of an older plan, which does not name what stays, is not done', async () => {
    const { stays: _, lastTaggedAt: __, ...old } = await removal('ci-1');
    expect(await removeTag(old, context())).toMatchObject({ result: 'changed' });
    expect(tagsIn('team', 'api')).toEqual(['ci-1', 'release']);
  });

  /** Harbor removes the tag, its answer is lost, and somebody acts before anybody looks again. */
  const lostThen = (meanwhile: (action: RemoveTag) => void, action: RemoveTag) => {
    let sent = 0;
    const { ports, ...rest } = context();
    const removing: typeof ports.harbor.removeTag = async (place, tag) => {
      sent += 1;
      await ports.harbor.removeTag(place, tag);
      harbor.clock.advance(1_000);
      meanwhile(action);
      return { kind: 'lost', because: 'no answer came' };
    };
    const harborWith = { ...ports.harbor, removeTag: removing };
    const done = removeTag(action, { ...rest, ports: { ...ports, harbor: harborWith } });
    return done.then((result) => ({ result, sent }));
  };

  test('whose answer is lost is done once the tag is seen to be gone', async () => {
    const ended = await lostThen(() => undefined, await removal('ci-1'));
    expect(ended).toEqual({ result: { result: 'done' }, sent: 1 });
  });

  test('does not take the tag that somebody puts on the same digest meanwhile', async () => {
    const put = ({ digest, tag, project, repository }: RemoveTag): void =>
      harbor.seed.moveTag({ project, repository, tag, to: digest });
    const { result, sent } = await lostThen(put, await removal('ci-1'));
    expect([result.result, sent]).toEqual(['uncertain', 1]);
    expect(tagsIn('team', 'api')).toEqual(['ci-1', 'release']);
  });

  test('that was cut off behind the removal is recognised as done', async () => {
    const action = await removal('ci-1');
    await removeTag(action, context());
    expect(await removeTag(action, context({ isResumed: true }))).toEqual({ result: 'done' });
  });

  test('that was cut off is done, too, where somebody has put another tag on the image since', async () => {
    const action = await removal('ci-1');
    await removeTag(action, context());
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'keep', to: action.digest });
    expect(await removeTag(action, context({ isResumed: true }))).toEqual({ result: 'done' });
  });

  test('that was cut off before the removal is not, where somebody has put another tag on it', async () => {
    const action = await removal('ci-1');
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'keep', to: action.digest });
    expect(await removeTag(action, context({ isResumed: true }))).toMatchObject({
      result: 'changed',
    });
    expect(tagsIn('team', 'api')).toContain('ci-1');
  });
});
