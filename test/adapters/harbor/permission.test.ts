import { expect, test } from '@jest/globals';
import { lackOf, missingPermission } from '../../../functions/adapters/harbor/permission.ts';
import { paths, query } from '../../../functions/adapters/harbor/paths.ts';

const image = `sha256:${'0'.repeat(64)}`;

test.each([
  [
    'POST',
    paths.artifacts('trash', 'team/api') + query({ from: `team/api@${image}` }),
    'artifact:create on project trash, or artifact:read on project team',
  ],
  ['GET', paths.artifact('team', 'a/b', image), 'artifact:read on project team'],
  ['DELETE', paths.artifact('team', 'a/b', image), 'artifact:delete on project team'],
  ['GET', paths.artifacts('team', 'a/b') + query({ page: 1 }), 'artifact:list on project team'],
  ['GET', paths.projectArtifacts('team'), 'artifact:list on project team'],
  ['POST', paths.tags('team', 'api', image), 'tag:create on project team'],
  ['DELETE', `${paths.tags('team', 'api', image)}/v1`, 'tag:delete on project team'],
  ['POST', paths.artifactLabels('team', 'api', image), 'artifact-label:create on project team'],
  ['GET', paths.repository('team', 'api'), 'repository:read on project team'],
  ['DELETE', paths.repository('team', 'api'), 'repository:delete on project team'],
  ['GET', paths.projectRepositories('team'), 'repository:list on project team'],
  ['GET', paths.immutableRules('team'), 'immutable-tag:list on project team'],
  ['GET', paths.projectLog('team'), 'log:list on project team'],
  ['GET', paths.retention('3'), 'tag-retention:read on its project'],
  [
    'GET',
    paths.labels + query({ scope: 'p', project_id: 7 }),
    'label:list on the project with id 7',
  ],
  ['POST', paths.labels, 'label:create on its project'],
  ['GET', paths.quotas, 'quota:list on the system'],
  ['GET', paths.robots, 'robot:list on the system'],
  ['GET', paths.replicationPolicies, 'replication-policy:list on the system'],
  ['GET', paths.collections + query({ page: 1 }), 'garbage-collection:list on the system'],
  ['GET', paths.collection(4), 'garbage-collection:read on the system'],
  ['POST', paths.collectionSchedule, 'garbage-collection:create on the system'],
  ['GET', paths.manifest('team', 'a/b', image), 'repository:pull on project team'],
  ['PUT', paths.manifest('team', 'a/b', image), 'repository:push on project team'],
] as const)('%s %s needs %s', (method, path, expected) => {
  expect(missingPermission(method, path)).toBe(expected);
});

test('what a proxy refuses is no permission of Harbor’s', () => {
  const path = paths.artifacts('team', 'api');
  expect(lackOf('GET', path, '<html>403</html>')).toBe('');
  expect(lackOf('GET', path, '{"errors":[{"code":"FORBIDDEN","message":"forbidden"}]}')).toBe(
    ' The robot lacks artifact:list on project team.',
  );
});

test('an address that asks for nothing known names nothing', () => {
  expect(missingPermission('GET', paths.systemInfo)).toBeUndefined();
});
