import { describe, expect, test } from '@jest/globals';
import { pushedAgain, whatChanged, whatChangedInFamily } from '../../functions/apply/recheck.ts';
import type {
  DeleteArtifact,
  PlannedMember,
  Purge,
  RemoveTag,
} from '../../functions/domain/action.ts';
import type { Artifact, Tag } from '../../functions/domain/artifact.ts';
import type { Member } from '../../functions/domain/family.ts';
import { artifactOf, day, digestOf, now } from '../support/builder.ts';

const image = artifactOf('web', 7, {
  tags: ['v1', 'v2'],
  labels: ['blue', 'green'],
  pulledDaysAgo: 30,
  accessories: ['sig', 'sbom'],
});

const facts = {
  id: 'planned',
  project: 'team',
  repository: 'web',
  digest: image.digest,
  artifactId: image.id,
  rule: 'old',
  tags: ['v1', 'v2'].map((name) => ({ name, pushedAt: now - 100 * day })),
  labels: ['blue', 'green'],
  pushedAt: image.pushedAt,
  pulledAt: image.pulledAt,
  size: image.size,
} as const;

const deletion: DeleteArtifact = {
  ...facts,
  kind: 'delete-artifact',
  type: 'IMAGE',
  children: [],
  accessories: ['sig', 'sbom'].map(digestOf),
};
const removal: RemoveTag = {
  ...facts,
  kind: 'remove-tag',
  tag: 'v1',
  tags: [{ name: 'v1', pushedAt: now - 100 * day }],
  stays: { name: 'v2', pushedAt: now - 100 * day },
  lastTaggedAt: now - 100 * day,
};
const purge: Purge = { ...facts, kind: 'purge', trashedAt: now - 20 * day };

const tag = (name: string, daysAgo = 100): Tag => ({
  name,
  pushedAt: now - daysAgo * day,
  pulledAt: 'unknown',
});
const undated = (name: string): Tag => ({ ...tag(name), pushedAt: 'unknown' });
const accessory = (name: string) => ({ digest: digestOf(name), type: 'signature.cosign', size: 1 });

const look = (changes: Partial<Artifact> = {}, immutableTags: readonly string[] = []) => ({
  artifact: { ...image, ...changes },
  immutableTags,
});

describe('an artifact just before an action', () => {
  test.each([deletion, removal, purge])('is what was planned ($kind)', (planned) => {
    expect(whatChanged(planned, look())).toBeUndefined();
    const turned = {
      tags: [tag('v2'), tag('v1')],
      labels: ['green', 'blue'],
      accessories: [accessory('sbom'), accessory('sig')],
    };
    expect(whatChanged(planned, look(turned))).toBeUndefined();
  });

  const changes: readonly (readonly [string, Partial<Artifact>, RegExp])[] = [
    ['another digest', { digest: digestOf('other') }, new RegExp(digestOf('other'))],
    ['another row', { id: 8 }, new RegExp(pushedAgain)],
    ['tags that are not known', { tags: 'unknown' }, /tags/],
    ['a tag more', { tags: [tag('v1'), tag('v2'), tag('v3', 1)] }, /v3 was put/],
    ['a tag that moved here again', { tags: [tag('v1'), tag('v2', 1)] }, /v2 was moved/],
    ['labels that are not known', { labels: 'unknown' }, /labels/],
    ['a label more', { labels: ['blue', 'green', 'keep'] }, /label keep was added/],
    ['a label less', { labels: ['blue'] }, /label green was removed/],
    ['another push time', { pushedAt: now }, /pushed/],
    ['a push time that is not known', { pushedAt: 'unknown' }, /pushed/],
    ['a pull', { pulledAt: now }, /pulled.*2026-11-21/],
    ['a pull time that is not known', { pulledAt: 'unknown' }, /pulled.*never/],
  ];
  test.each(changes)('is not with %s, whatever was planned', (_, changed, words) => {
    for (const planned of [deletion, removal, purge]) {
      expect(whatChanged(planned, look(changed))).toMatch(words);
    }
  });

  test('without a tag of the plan is another one', () => {
    for (const planned of [deletion, purge]) {
      expect(whatChanged(planned, look({ tags: [tag('v1')] }))).toMatch(/v2 left/);
    }
    expect(whatChanged(removal, look({ tags: [tag('v2')] }))).toMatch(/v1 left/);
  });

  test.each<readonly [string, readonly Tag[], RegExp | undefined]>([
    ['a tag that is as old as the youngest', [tag('v1'), tag('v2'), tag('older')], undefined],
    ['a tag that is younger', [tag('v1'), tag('v2'), tag('new', 99)], /new was put/],
    ['a tag of unknown age', [tag('v1'), tag('v2'), undated('odd')], undefined],
    ['the tag to remove put there again', [tag('v1', 1), tag('v2')], /v1 was moved/],
    ['the tag that stays put there again', [tag('v1'), tag('v2', 1)], /v2 was moved/],
    ['no tag that stays', [tag('v1'), tag('older')], /v2 left/],
    ['no tag at all', [], /v1 left/],
  ])('loses one tag only if the one that stays is there, and nothing is younger: %s', (...row) => {
    const [, tags, words] = row;
    const found = whatChanged(removal, look({ tags }));
    if (words === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(words);
  });

  test('loses no tag by a plan that does not say which tag stays, or how young its tags were', () => {
    const { stays, ...silent } = removal;
    expect(stays?.name).toBe('v2');
    expect(whatChanged(silent, look())).toMatch(/which tag stays/);
    expect(whatChanged({ ...removal, tags: [] }, look())).toMatch(/which tag stays/);
    const undatedPlan: RemoveTag = { ...removal, lastTaggedAt: 'unknown' };
    expect(whatChanged(undatedPlan, look())).toMatch(/was put/);
    const odd: RemoveTag = { ...undatedPlan, tags: [undated('v1')], stays: undated('v2') };
    expect(whatChanged(odd, look({ tags: [undated('v1'), undated('v2')] }))).toBeUndefined();
  });

  test('with an immutable tag stays; a tag removal asks only for its own tag', () => {
    for (const planned of [deletion, purge]) {
      expect(whatChanged(planned, look({}, ['v2']))).toMatch(/v2.*immutable/);
      expect(whatChanged(planned, look({}, ['elsewhere']))).toBeUndefined();
    }
    expect(whatChanged(removal, look({}, ['v2']))).toBeUndefined();
    expect(whatChanged(removal, look({}, ['v2', 'v1']))).toMatch(/v1.*immutable/);
  });

  test.each([
    ['unknown', 'unknown' as const, /accessories/],
    ['one more', ['sig', 'sbom', 'att'].map(accessory), new RegExp(`${digestOf('att')} was added`)],
    ['one less', ['sig'].map(accessory), new RegExp(`${digestOf('sbom')} was removed`)],
  ])('is deleted only with the accessories of the plan: %s', (_, accessories, words) => {
    expect(whatChanged(deletion, look({ accessories }))).toMatch(words);
    expect(whatChanged(removal, look({ accessories }))).toBeUndefined();
    expect(whatChanged(purge, look({ accessories }))).toBeUndefined();
  });
});

describe('what goes along just before a deletion', () => {
  const child = artifactOf('child', 11, { tags: [], labels: ['blue'], pulledDaysAgo: 9 });
  const signature = artifactOf('signature', 12, { tags: ['signed'] });
  const member = (artifact: Artifact, as: Member['as']): Member => {
    return { digest: artifact.digest, as, of: image.digest, artifact };
  };
  const plannedOf = (artifact: Artifact, as: Member['as']): PlannedMember => ({
    digest: artifact.digest,
    as,
    artifactId: artifact.id,
    tags: artifact.tags === 'unknown' ? [] : artifact.tags,
    labels: artifact.labels === 'unknown' ? [] : artifact.labels,
    pulledAt: artifact.pulledAt,
  });
  const planned = [plannedOf(child, 'child'), plannedOf(signature, 'accessory')];
  const family = [member(child, 'child'), member(signature, 'accessory')];

  test('is what was planned, in any order', () => {
    expect(whatChangedInFamily(planned, family)).toBeUndefined();
    expect(whatChangedInFamily(planned, family.toReversed())).toBeUndefined();
    expect(whatChangedInFamily([], [])).toBeUndefined();
  });

  const about = (artifact: Artifact, words: string) => new RegExp(`${artifact.digest}.*${words}`);

  test('is another family with a member more or less, or with one that is not there', () => {
    expect(whatChangedInFamily(planned.slice(1), family)).toMatch(about(child, 'added'));
    expect(whatChangedInFamily(planned, family.slice(1))).toMatch(about(child, 'would not go'));
    const unread = { ...member(child, 'child'), artifact: undefined };
    expect(whatChangedInFamily(planned, [unread])).toMatch(about(child, 'not there'));
  });

  test.each<readonly [string, Partial<Artifact>, string]>([
    ['another row', { id: 99 }, pushedAgain],
    ['tags that are not known', { tags: 'unknown' }, 'tags'],
    ['labels that are not known', { labels: 'unknown' }, 'labels'],
    ['accessories that are not known', { accessories: 'unknown' }, 'accessories'],
    ['a tag', { tags: [tag('keep-me')] }, 'keep-me was put'],
    ['a label more', { labels: ['blue', 'keep'] }, 'label keep was added'],
    ['a label less', { labels: [] }, 'label blue was removed'],
    ['a pull', { pulledAt: now }, 'pulled.*2026-11-21'],
    ['a pull time that is not known', { pulledAt: 'unknown' }, 'pulled.*never'],
  ])('is another family where a member has %s', (_, changed, words) => {
    const other = [member({ ...child, ...changed }, 'child'), member(signature, 'accessory')];
    expect(whatChangedInFamily(planned, other)).toMatch(about(child, words));
  });

  test('is another family where a member has lost a tag', () => {
    const other = [member(child, 'child'), member({ ...signature, tags: [] }, 'accessory')];
    expect(whatChangedInFamily(planned, other)).toMatch(about(signature, 'signed left'));
  });
});
