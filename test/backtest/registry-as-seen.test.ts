import { expect, test } from '@jest/globals';
import { registryAsSeen } from '../../functions/backtest/registry-as-seen.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import { policyFrom, registryOf } from '../support/judge.ts';
import { inUseOf, listed } from '../support/listed.ts';

const policyWith = (more: string): Policy => policyFrom(`version: 1\nrules: []\n${more}\n`);
const uses = 'protect: { inUse: [{ source: list, images: ["team/a:1"] }] }';
const digests = `protect: { digests: ["team/a:1"] }`;

const then = {
  inUse: inUseOf({ references: ['team/a:then'] }),
  listedDigests: listed({ references: ['team/b:then'] }),
};
const now = {
  inUse: inUseOf({ references: ['team/a:now'] }),
  listedDigests: listed({ references: ['team/b:now'] }),
};
const trash = { project: 'retention-trash', problems: [] };
const stored: RegistryFacts = { ...registryOf(), ...then, trash };

/** What a policy sees of a night whose run had another one, or the same. */
function seenBy(policy: Policy, ofNight: Policy | undefined, facts = stored) {
  const { registry, substitutes } = registryAsSeen(facts, { policy, ofNight, now });
  return {
    uses: [...registry.inUse.references],
    unreadable: registry.inUse.unreadable,
    digests: registry.listedDigests === 'unknown' ? [] : [...registry.listedDigests.references],
    trash: registry.trash,
    substitutes,
  };
}

test('the same sources saw what that night’s run saw', () => {
  const policy = policyWith(uses);
  expect(
    seenBy(policy, policyWith(`${uses}\ntrash: { project: retention-trash, keepFor: 2d }`)),
  ).toEqual({
    uses: ['team/a:then'],
    unreadable: [],
    digests: [],
    trash,
    substitutes: [],
  });
});

test.each<[string, Policy | undefined]>([
  ['other sources', policyWith(uses.replace('a:1', 'a:2'))],
  ['no sources', policyWith('')],
  ['a policy that can’t be read', undefined],
])('of a night with %s the lists of now stand for those of then', (_, ofNight) => {
  expect(seenBy(policyWith(uses), ofNight)).toMatchObject({
    uses: ['team/a:now'],
    substitutes: ['inUse'],
  });
});

test('a policy without sources sees no use, whatever that night’s run had', () => {
  expect(seenBy(policyWith(''), policyWith(uses))).toMatchObject({ uses: [], substitutes: [] });
});

test('digests are those of the night where both policies list the same', () => {
  const policy = policyWith(digests);
  expect(seenBy(policy, policyWith(digests))).toMatchObject({
    digests: ['team/b:then'],
    substitutes: [],
  });
  expect(seenBy(policy, policyWith(''))).toMatchObject({
    digests: ['team/b:now'],
    substitutes: ['digests'],
  });
  expect(seenBy(policyWith(''), policy)).toMatchObject({ digests: [], substitutes: [] });
  const mirrored = policyWith(digests.replace(' }', ', mirrors: { docker.io: hub } }'));
  expect(seenBy(mirrored, policy)).toMatchObject({ substitutes: ['digests'] });
});

test('another trash project was not looked at; without a trash none is asked about', () => {
  const policy = policyWith('');
  const other = policyWith('trash: { project: other, keepFor: 2d }');
  expect(seenBy(other, policy)).toMatchObject({ trash: undefined, substitutes: ['trash'] });
  expect(seenBy(policyWith('trash: off'), policy)).toMatchObject({
    trash: undefined,
    substitutes: [],
  });
  const { trash: _, ...without } = stored;
  expect(seenBy(policy, policy, without)).toMatchObject({
    trash: undefined,
    substitutes: ['trash'],
  });
});

test('subjects of signatures that nobody looked for are not known, where a policy asks', () => {
  const { subjectsElsewhere: _, ...without } = stored;
  const orphans = policyFrom(
    'version: 1\nrules: [{ name: o, select: { projects: [team], tags: ["sha256-*"] }, keep: none }]\n',
  );
  const seen = (policy: Policy, facts: RegistryFacts) =>
    registryAsSeen(facts, { policy, ofNight: policy, now });
  expect(seen(orphans, without)).toMatchObject({
    registry: { subjectsElsewhere: 'unknown' },
    substitutes: ['subjects'],
  });
  expect(seen(orphans, stored)).toMatchObject({ substitutes: [] });
  expect(seen(policyWith(''), without)).toMatchObject({ substitutes: [] });
  expect('subjectsElsewhere' in seen(policyWith(''), without).registry).toBe(false);
});
