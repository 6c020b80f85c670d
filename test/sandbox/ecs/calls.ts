import { AwsError } from '../aws/aws-error.ts';
import {
  clusterArn,
  definitionArn,
  type EmbeddedAccount,
  type EmbeddedEcsCluster,
} from './account.ts';

type Input = Readonly<Record<string, unknown>>;
type Call = (account: EmbeddedAccount, input: Input) => object;

/** A page as AWS gives it: tokens are opaque, and a page may be shorter than what was asked for. */
export function awsPage<T>(
  all: readonly T[],
  { token, most }: { readonly token: unknown; readonly most: unknown },
  ceiling = 10,
): { readonly page: readonly T[]; readonly next: string | undefined } {
  const start = typeof token === 'string' ? Number(token.slice('page-'.length)) : 0;
  const size = Math.min(typeof most === 'number' ? most : ceiling, ceiling);
  const end = start + size;
  return { page: all.slice(start, end), next: end < all.length ? `page-${end}` : undefined };
}

const listed =
  (field: string, of: (account: EmbeddedAccount, input: Input) => readonly unknown[]): Call =>
  (account, input) => {
    const { page, next } = awsPage(of(account, input), {
      token: input['nextToken'],
      most: input['maxResults'],
    });
    return { [field]: page, ...(next === undefined ? {} : { nextToken: next }) };
  };

function clusterOf(account: EmbeddedAccount, input: Input): EmbeddedEcsCluster {
  const name = String(input['cluster']).replace(/.*\//, '');
  const found = account.clusters[name];
  if (found === undefined)
    throw new AwsError(400, 'ClusterNotFoundException', 'Cluster not found.');
  return found;
}

const field = (one: object, name: string): string => String((one as Input)[name]);

/** Describes by ARN, within the bound of the API; what is not there is a failure. */
function described(
  all: readonly object[],
  { asked, key, most }: { readonly asked: unknown; readonly key: string; readonly most: number },
): { readonly found: readonly object[]; readonly failures: readonly object[] } {
  const arns = Array.isArray(asked) ? asked.map(String) : [];
  if (arns.length > most || arns.length === 0)
    throw new AwsError(400, 'InvalidParameterException', `From 1 to ${most} may be described.`);
  const found = all.filter((one) => arns.includes(field(one, key)));
  const missing = arns.filter((arn) => !found.some((one) => field(one, key) === arn));
  return {
    found: found.filter((one) => !('failure' in one)),
    failures: [
      ...missing.map((arn) => ({ arn, reason: 'MISSING' })),
      ...found.flatMap((one) =>
        'failure' in one ? [{ arn: field(one, key), reason: one.failure }] : [],
      ),
    ],
  };
}

const arnsOf = (all: readonly object[], key: string) => all.map((one) => field(one, key));

export const ecsCalls: Readonly<Record<string, Call>> = {
  ListClusters: listed('clusterArns', ({ clusters }) => Object.keys(clusters).map(clusterArn)),
  ListTasks: listed('taskArns', (account, input) =>
    arnsOf(clusterOf(account, input).tasks, 'taskArn'),
  ),
  ListServices: listed('serviceArns', (account, input) =>
    arnsOf(clusterOf(account, input).services, 'serviceArn'),
  ),
  DescribeTasks: (account, input) => {
    const all = clusterOf(account, input).tasks;
    const { found, failures } = described(all, {
      asked: input['tasks'],
      key: 'taskArn',
      most: 100,
    });
    return { tasks: found, failures };
  },
  DescribeServices: (account, input) => {
    const all = clusterOf(account, input).services;
    const about = { asked: input['services'], key: 'serviceArn', most: 10 };
    const { found, failures } = described(all, about);
    return { services: found, failures };
  },
  DescribeServiceRevisions: (account, input) => {
    const all = Object.values(account.clusters).flatMap(({ revisions }) => revisions ?? []);
    const about = { asked: input['serviceRevisionArns'], key: 'serviceRevisionArn', most: 20 };
    const { found, failures } = described(all, about);
    return { serviceRevisions: found, failures };
  },
  ListTaskDefinitionFamilies: listed('families', ({ families }) =>
    Object.entries(families).flatMap(([name, revisions]) =>
      revisions.some(({ status }) => status === 'ACTIVE') ? [name] : [],
    ),
  ),
  ListTaskDefinitions: listed('taskDefinitionArns', ({ families }, input) => {
    const name = String(input['familyPrefix']);
    const arns = (families[name] ?? []).flatMap(({ status }, index) =>
      status === 'ACTIVE' ? [definitionArn(`${name}:${index + 1}`)] : [],
    );
    return input['sort'] === 'DESC' ? arns.toReversed() : arns;
  }),
  DescribeTaskDefinition: ({ families }, input) => {
    const asked = String(input['taskDefinition']).replace(/.*\//, '');
    const [family = '', revision] = asked.split(':');
    const all = families[family] ?? [];
    const index =
      revision === undefined
        ? all.findLastIndex(({ status }) => status === 'ACTIVE')
        : Number(revision) - 1;
    const found = all[index];
    if (found === undefined || found.status === 'DELETED')
      throw new AwsError(400, 'ClientException', 'Unable to describe task definition.');
    const containerDefinitions = found.images.map((image) => ({ name: 'main', image }));
    const taskDefinitionArn = definitionArn(`${family}:${index + 1}`);
    return { taskDefinition: { taskDefinitionArn, status: found.status, containerDefinitions } };
  },
};

const withToken = (field: string, all: readonly unknown[], { NextToken, Limit }: Input): object => {
  const { page, next } = awsPage(all, { token: NextToken, most: Limit });
  return { [field]: page, ...(next === undefined ? {} : { NextToken: next }) };
};

export const eventCalls: Readonly<Record<string, Call>> = {
  ListEventBuses: ({ rules }, input) => {
    const names = new Set(['default', ...rules.map(({ bus }) => bus)]);
    return withToken(
      'EventBuses',
      [...names].map((Name) => ({ Name })),
      input,
    );
  },
  ListRules: ({ rules }, input) => {
    const own = rules.filter(({ bus }) => bus === input['EventBusName']);
    return withToken(
      'Rules',
      own.map(({ name }) => ({ Name: name, State: 'DISABLED' })),
      input,
    );
  },
  ListTargetsByRule: ({ rules }, input) => {
    const rule = rules.find(
      ({ bus, name }) => bus === input['EventBusName'] && name === input['Rule'],
    );
    if (rule === undefined)
      throw new AwsError(400, 'ResourceNotFoundException', 'There is no such rule.');
    return withToken('Targets', rule.targets, input);
  },
};
