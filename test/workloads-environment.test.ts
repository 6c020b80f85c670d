import { expect, test } from '@jest/globals';
import { readWorkloadsEnvironment } from '../functions/workloads-environment.ts';

const ecs = [{ scope: 'prod', regions: ['eu-central-1'] }];
const good = { REPORT_BUCKET: 'reports', WORKLOADS: JSON.stringify({ ecs }) };

test('has a default for everything but the bucket and what is listed', () => {
  expect(readWorkloadsEnvironment(good)).toEqual({
    bucket: 'reports',
    prefix: '',
    workloads: { ecs: [{ ...ecs[0], revisions: 2, families: 'all' }], eks: [] },
    service: 'harbor-retention-workloads',
    logLevel: 'INFO',
  });
});

test.each<[string, Record<string, string | undefined>, RegExp]>([
  ['no bucket', { REPORT_BUCKET: undefined }, /REPORT_BUCKET/],
  ['nothing to list', { WORKLOADS: '{}' }, /WORKLOADS: names neither/],
  ['no JSON', { WORKLOADS: '{' }, /WORKLOADS/],
  ['a misspelt key', { WORKLOADS: '{"ec2":[]}' }, /ec2/],
  ['a scope twice', { WORKLOADS: JSON.stringify({ ecs: [...ecs, ...ecs] }) }, /two of one scope/],
  [
    'a scope with a path',
    { WORKLOADS: JSON.stringify({ ecs: [{ ...ecs[0], scope: '../x' }] }) },
    /scope/,
  ],
])('%s is an error that names it', (_, wrong, message) => {
  let thrown: unknown;
  try {
    readWorkloadsEnvironment({ ...good, ...wrong });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: 'environment-invalid',
    message: expect.stringMatching(message),
  });
});
