// What a collector asks for is what the pages and examples grant: no more, no less.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import * as yaml from 'yaml';
import { customResourcesIn } from '../../bin/custom-resources.ts';
import { ecsList, kubernetesList } from '../../functions/collectors/collect.ts';
import { active, arn, clusterArn, definitionArn, emptyAccount } from '../sandbox/ecs/account.ts';
import { startAccount } from '../sandbox/ecs/start-account.ts';
import { everyKind } from '../sandbox/kubernetes/objects.ts';
import { startKubernetes } from '../sandbox/kubernetes/start-kubernetes.ts';
import { blocksOf, root } from '../support/pages.ts';
import { withEnvironment } from '../support/with-environment.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const collecting = {
  clock: { now: () => 0 },
  pause: () => Promise.resolve(),
  progress: () => undefined,
};

interface Manifest {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const example = (name: string): string => readFileSync(join(root, 'examples', name), 'utf8');

test('the cluster role of the examples grants what is listed, and no more', async () => {
  const cluster = await startKubernetes(everyKind());
  closing.push(() => cluster.close());
  const connection = {
    name: 'embedded',
    server: cluster.url,
    access: () => Promise.resolve({ headers: {}, agent: new http.Agent() }),
  };
  await kubernetesList(connection, { customResources: [] }, collecting);
  const asked = cluster.requests
    .map((one) => one.replace(/\?.*/, ''))
    // Whoever is signed in may ask for these.
    .filter((path) => path !== '/version')
    .map((path) => path.replace(/^\/api\/v1\//, '//').replace(/^\/apis\/([^/]+)\/[^/]+\//, '/$1/'));
  const [role] = yaml.parseAllDocuments(example('workloads-cluster-role.yaml'));
  const rules = (role?.toJS() as { readonly rules: readonly Rule[] } | undefined)?.rules;
  const granted = (rules ?? []).flatMap(({ apiGroups, resources, verbs }) => {
    expect(verbs).toEqual(['list']);
    return apiGroups.flatMap((group) => resources.map((resource) => `/${group}/${resource}`));
  });
  expect(granted.toSorted()).toEqual([...new Set(asked)].toSorted());
  expect(granted.join()).not.toMatch(/secrets|configmaps|\*/);
});

test('the examples for a cluster belong together', () => {
  const [, binding] = yaml.parseAllDocuments(example('workloads-cluster-role.yaml'));
  const documents = yaml.parseAllDocuments(example('workloads-cron-job.yaml'));
  const [space, account, job] = documents.map((one) => one.toJS() as Manifest);
  const { name, namespace } = account?.metadata ?? {};
  expect(binding?.toJS()).toMatchObject({
    subjects: expect.arrayContaining([{ kind: 'ServiceAccount', name, namespace }]),
  });
  expect(space).toMatchObject({ metadata: { name: namespace } });
  expect(job).toMatchObject({
    spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: name } } } } },
  });
});

test('the custom resources of the examples are understood', async () => {
  const resources = await customResourcesIn(join(root, 'examples/workloads-custom-resources.yaml'));
  expect(resources).toHaveLength(5);
});

test('docs/workloads.md grants on AWS what is called, and no more', async () => {
  const definition = definitionArn('api:1');
  const revision = arn('service-revision/x');
  const target = { Arn: clusterArn('prod'), EcsParameters: { TaskDefinitionArn: definition } };
  const service = {
    serviceArn: arn('service/prod/api'),
    taskDefinition: definition,
    currentServiceRevisions: [{ arn: revision }],
  };
  const account = await startAccount({
    ...emptyAccount,
    clusters: {
      prod: {
        tasks: [{ taskArn: arn('task/prod/a'), taskDefinitionArn: definition }],
        services: [service],
        revisions: [{ serviceRevisionArn: revision }],
      },
    },
    families: { api: active('harbor.example/team/api:1') },
    rules: [{ bus: 'default', name: 'r', targets: [target] }],
    schedules: [{ group: 'g', name: 's', target }],
    jobDefinitions: [{ jobDefinitionName: 'j', revision: 1 }],
  });
  closing.push(() => account.close(), withEnvironment(account.env));
  await ecsList({ regions: ['eu-central-1'], revisions: 2, families: 'all' }, collecting);
  const asked = new Set(account.calls.map(({ operation }) => operation));
  // Nobody needs a permission for it.
  asked.delete('GetCallerIdentity');
  const [policy] = blocksOf('docs/workloads.md', 'json').map(
    ({ text }) => JSON.parse(text) as { Statement: readonly { Action: readonly string[] }[] },
  );
  const granted = policy?.Statement.flatMap(({ Action }) => Action) ?? [];
  expect(granted.map((one) => one.replace(/.*:/, '')).toSorted()).toEqual([...asked].toSorted());
  expect(
    granted.filter((one) => !/^(ecs|events|scheduler|batch):(List|Describe|Get)/.test(one)),
  ).toEqual([]);
});
