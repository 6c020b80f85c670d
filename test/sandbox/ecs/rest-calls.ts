import { AwsError } from '../aws/aws-error.ts';
import type { EmbeddedAccount } from './account.ts';
import { awsPage } from './calls.ts';

interface RestCall {
  readonly operation: string;
  readonly answer: () => object;
}

interface RestRequest {
  readonly method: string;
  readonly url: URL;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The APIs that speak by addresses: Scheduler, Batch, and EKS. Undefined for any other request. */
export function restCall(
  account: EmbeddedAccount,
  { method, url, input }: RestRequest,
): RestCall | undefined {
  const { pathname, searchParams: query } = url;
  if (method === 'GET' && pathname === '/schedules') {
    return { operation: 'ListSchedules', answer: () => listSchedules(account, query) };
  }
  const [, schedule] = /^\/schedules\/([^/]+)$/.exec(pathname) ?? [];
  if (method === 'GET' && schedule !== undefined) {
    const name = decodeURIComponent(schedule);
    const group = query.get('groupName') ?? 'default';
    return { operation: 'GetSchedule', answer: () => getSchedule(account, { group, name }) };
  }
  if (method === 'POST' && pathname === '/v1/describejobdefinitions') {
    return {
      operation: 'DescribeJobDefinitions',
      answer: () => {
        const { page, next } = awsPage(account.jobDefinitions, {
          token: input['nextToken'],
          most: input['maxResults'],
        });
        return { jobDefinitions: page, ...(next === undefined ? {} : { nextToken: next }) };
      },
    };
  }
  const [, cluster] = /^\/clusters\/([^/]+)$/.exec(pathname) ?? [];
  if (method === 'GET' && cluster !== undefined) {
    return { operation: 'DescribeCluster', answer: () => describeCluster(account, cluster) };
  }
  return undefined;
}

function listSchedules({ schedules }: EmbeddedAccount, query: URLSearchParams): object {
  const { page, next } = awsPage(schedules, {
    token: query.get('NextToken') ?? undefined,
    most: Number(query.get('MaxResults') ?? 10),
  });
  const Schedules = page.map(({ group, name, target }) => ({
    GroupName: group,
    Name: name,
    // A list shows no more of a target.
    Target: { Arn: (target as { Arn?: string }).Arn },
  }));
  return { Schedules, ...(next === undefined ? {} : { NextToken: next }) };
}

function getSchedule(
  { schedules }: EmbeddedAccount,
  asked: { readonly group: string; readonly name: string },
): object {
  const found = schedules.find(({ group, name }) => group === asked.group && name === asked.name);
  if (found === undefined)
    throw new AwsError(404, 'ResourceNotFoundException', 'There is no such schedule.');
  return { Name: found.name, GroupName: found.group, Target: found.target };
}

function describeCluster({ eks }: EmbeddedAccount, name: string): object {
  const cluster = eks[name];
  if (cluster === undefined)
    throw new AwsError(404, 'ResourceNotFoundException', `No cluster found for name: ${name}.`);
  return { cluster: { name, ...cluster } };
}
