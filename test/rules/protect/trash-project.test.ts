import { expect, test } from '@jest/globals';
import { trashProject } from '../../../functions/rules/protect/trash-project.ts';
import { holdOf } from './around.ts';

const bound = (trash: { project: string; keepFor: number } | 'off') =>
  trashProject.bind({ proxyCache: 'keep', trash, rules: [] });

test('only a purge touches the trash', () => {
  const trash = bound({ project: 'bin', keepFor: 1 });
  expect(holdOf(trash, {}, { projectName: 'bin' })?.because).toContain('only a purge');
  expect(holdOf(trash, {}, { projectName: 'bin2' })).toBeUndefined();
});

test('without a trash no project is held for it', () => {
  expect(holdOf(bound('off'), {}, { projectName: 'retention-trash' })).toBeUndefined();
});
