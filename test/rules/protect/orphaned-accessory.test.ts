import { expect, test } from '@jest/globals';
import { orphanedAccessory } from '../../../functions/rules/protect/orphaned-accessory.ts';
import type { RegistryFacts } from '../../../functions/domain/registry.ts';
import { accessoryTag, artifactOf, builder, digestOf } from '../../support/builder.ts';
import { policyFrom } from '../../support/judge.ts';
import { holdOf } from './around.ts';

const bound = (select = "projects: ['**'], tags: ['**']") =>
  orphanedAccessory.bind({
    proxyCache: 'keep',
    trash: 'off',
    rules: policyFrom(
      `version: 1\nrules:\n  - name: rule\n    select: { ${select} }\n    keep: none\n`,
    ).rules,
  });
const orphan = { tags: [accessoryTag('gone', '.sig')] };

test('a signature tag whose subject is gone is held (E21)', () => {
  expect(holdOf(bound(), orphan)?.because).toContain('is not in the repository');
  expect(holdOf(bound(), { tags: ['v1'] })).toBeUndefined();
  expect(holdOf(bound(), { tags: [] })).toBeUndefined();
  expect(holdOf(bound(), { tags: 'unknown' })).toBeUndefined();
});

test('it is not held where a pattern names it literally', () => {
  expect(holdOf(bound("projects: ['**'], tags: ['sha256-*']"), orphan)).toBeUndefined();
  expect(holdOf(bound("projects: ['**'], tags: ['/sha256-.*/']"), orphan)).toBeUndefined();
  expect(holdOf(bound("projects: ['**'], tags: ['/^sha256-.*/']"), orphan)).toBeUndefined();
  expect(holdOf(bound("projects: ['**'], tags: ['sha*']"), orphan)).toBeDefined();
  expect(holdOf(bound("projects: ['**'], tags: ['**', 'sha256-*.att']"), orphan)).toBeDefined();
});

test('a rule for other repositories, or one that excludes the tag, names nothing here', () => {
  expect(holdOf(bound("projects: [other], tags: ['sha256-*']"), orphan)).toBeDefined();
  expect(
    holdOf(bound("projects: ['**'], repositories: [api], tags: ['sha256-*']"), orphan),
  ).toBeDefined();
  expect(
    holdOf(bound("projects: ['**'], tags: ['sha256-*'], exclude: { tags: ['*.sig'] }"), orphan),
  ).toBeDefined();
});

test('with its subject there, listed, as a child or as an accessory, it is no orphan', () => {
  const one = artifactOf('x', 9, { tags: [accessoryTag('here', '.att')] });
  for (const artifacts of [
    builder().push('here').artifacts(),
    builder().index('index', ['here']).artifacts(),
    builder()
      .push('subject', { accessories: ['here'] })
      .artifacts(),
  ]) {
    expect(holdOf(bound(), one, { artifacts: [...artifacts, one] })).toBeUndefined();
  }
});

test('one whose subject is in another repository, or where nobody could look, is no orphan', () => {
  const named = bound("projects: ['**'], tags: ['sha256-*']");
  const held = (subjectsElsewhere: RegistryFacts['subjectsElsewhere']) =>
    holdOf(named, orphan, { registry: { subjectsElsewhere } as Partial<RegistryFacts> });
  expect(held(new Set([digestOf('gone')]))?.because).toContain('is in another repository');
  expect(held(new Set([digestOf('other')]))).toBeUndefined();
  expect(held('unknown')).toMatchObject({ unknown: 'subject' });
  expect(held(undefined)).toMatchObject({ unknown: 'subject' });
});
