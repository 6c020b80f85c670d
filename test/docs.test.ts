// The pages hold together: links, examples, names and grants are what the program knows.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { loadSettings } from '../bin/load-settings.ts';
import { inUseKinds } from '../functions/adapters/in-use/index.ts';
import { formatProblems } from '../functions/config/format-problems.ts';
import { loadApproved } from '../functions/config/load-approved.ts';
import { loadPolicy } from '../functions/config/load-policy.ts';
import { runRequest } from '../functions/config/run-request.ts';
import { metrics } from '../functions/contract.ts';
import { reportSchema } from '../functions/report/report-schema.ts';
import { savedQueries } from '../lib/saved-queries.ts';
import { stackOf } from './lib/stack-of.ts';
import {
  anchorsOf,
  type Block,
  blocksOf,
  pagePaths,
  root,
  tableBelow,
  textOf,
} from './support/pages.ts';

const blocks = pagePaths.flatMap((page) => blocksOf(page));

describe('links', () => {
  test.each(pagePaths)('of %s lead somewhere', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, to = '']) => to);
    const dead = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const to = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(root, to))) return true;
      return anchor !== undefined && !anchorsOf(to).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  test('of the list of decisions lead to a decision', () => {
    const links = [...textOf('DECISIONS.md').matchAll(/^- \[.+\]\(#(.+)\)$/gm)].map(
      ([, to = '']) => to,
    );
    const known = anchorsOf('DECISIONS.md');
    expect(links.filter((link) => !known.has(link))).toEqual([]);
    expect(links.length).toBeGreaterThan(70);
  });

  test('every page can be reached from the README', () => {
    const linked = [...textOf('README.md').matchAll(/\]\((docs\/[^)#]+)/g)].map(([, to]) => to);
    expect(pagePaths.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([]);
  });

  test('no host is a real one', () => {
    const known = /^(harbor|proxy|registry)\.example$|^(goharbor\.io|github\.com)$/;
    const hosts = pagePaths.flatMap((page) =>
      [...textOf(page).matchAll(/https?:\/\/([^/\s"'`)]+)/g)].map(([, host = '']) => host),
    );
    expect(hosts.filter((host) => !known.test(host))).toEqual([]);
  });
});

const named = (some: readonly Block[]) =>
  some.map((block) => [`${block.page}: ${block.text.split('\n').slice(0, 4).join(' ')}`, block]);
const yaml = blocks.filter(({ language }) => language === 'yaml');
const kindOf = ({ file, text }: Block): 'settings' | 'approved' | 'policy' => {
  if (file === 'settings.yaml') return 'settings';
  return text.includes('rankedAt:') ? 'approved' : 'policy';
};

/** What is wrong with a block, as people are shown it; empty for nothing. */
function problemsOf(block: Block): string {
  const { text } = block;
  if (kindOf(block) === 'settings') {
    const folder = mkdtempSync(join(tmpdir(), 'docs-'));
    const policy = 'version: 1\nrules: []\n';
    writeFileSync(join(folder, 'policy.yaml'), policy);
    writeFileSync(join(folder, 'settings.yaml'), text);
    const loaded = loadSettings(join(folder, 'settings.yaml'));
    return loaded.ok ? '' : loaded.report;
  }
  const name = block.page;
  const loaded =
    kindOf(block) === 'approved'
      ? loadApproved(text, Date.parse('2026-11-30T00:00:00Z'))
      : loadPolicy(text, { name, inUseSources: inUseKinds });
  return loaded.ok ? '' : formatProblems(loaded.problems, text, { name });
}

describe('examples', () => {
  test.each(named(yaml))('%s', (_, block) => {
    expect(problemsOf(block as Block)).toBe('');
  });

  test('of every kind are there', () => {
    const kinds = yaml.map(kindOf);
    for (const [kind, least] of [
      ['policy', 10],
      ['settings', 2],
      ['approved', 1],
    ] as const)
      expect(kinds.filter((one) => one === kind).length).toBeGreaterThanOrEqual(least);
  });

  test('in JSON can be parsed', () => {
    for (const { page, text } of blocks.filter(({ language }) => language === 'json'))
      expect(() => ({ page, value: JSON.parse(text) as unknown })).not.toThrow();
  });
});

const events = [
  ...tableBelow('docs/deploying.md', 'The event').map(([cell = '']) => cell.replaceAll('`', '')),
  ...blocksOf('docs/restoring.md', 'json').map(({ text }) => text),
];

test.each(events)('the event %s is understood', (text) => {
  const event: unknown = JSON.parse(text.replace('"runId": "…"', '"runId": "2026-11-21T033000Z"'));
  const deployment = { apply: true, startWithinHours: 3 };
  expect(runRequest(event, deployment, Date.UTC(2026, 10, 21))).toMatchObject({ ok: true });
});

test('docs/reports.md names every metric, and every field of the report that stands there exists', () => {
  const own = Object.values(metrics).flatMap((name) =>
    typeof name === 'string' ? [name] : Object.values(name),
  );
  const told = tableBelow('docs/reports.md', 'Metrics')
    .flatMap(([cell = '']) => cell.split(', '))
    .map((name) => name.replaceAll('`', ''));
  const meant = own.filter((name) => name !== metrics.namespace && name !== metrics.dimension);
  expect(told.toSorted()).toEqual(meant.toSorted());
  const fields = tableBelow('docs/reports.md', 'The JSON')
    .flatMap(([cell = '']) => cell.split(', '))
    .map((name) => name.replaceAll('`', ''));
  expect(fields.filter((field) => !(field in reportSchema.shape))).toEqual([]);
});

test('docs/reports.md names the saved queries', () => {
  const told = tableBelow('docs/reports.md', 'Athena').map(([query]) => query);
  expect(told).toEqual(savedQueries.map(({ name }) => name));
});

const arn = (service: string, rest: string) =>
  `arn:aws:${service}:eu-central-1:123456789012:${rest}`;

test('docs/security.md lists what a deployment with everything may do on AWS, no more', () => {
  const { template } = stackOf((stack) => {
    const key = Key.fromKeyArn(
      stack,
      'Key',
      arn('kms', 'key/00000000-0000-4000-8000-000000000000'),
    );
    return {
      encryptionKey: key,
      workloads: {
        ecs: [
          { scope: 'prod' },
          { scope: 'b', roleArn: arn('iam', 'role/reader').replace('eu-central-1', '') },
        ],
        eks: [{ scope: 'prod-eu', clusterName: 'prod-eu' }],
      },
      notices: {
        topic: Topic.fromTopicArn(stack, 'Topic', arn('sns', 'told')),
        encryptionKey: key,
      },
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-central-1a'],
        privateSubnetIds: ['subnet-0123456789abcdef0'],
      }),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    };
  });
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  const allowed = new Set(policies.match(/(?<=")[a-z0-9]+:[A-Z][A-Za-z]+(?=")/g));
  const told = new Set(textOf('docs/security.md').match(/(?<=`)[a-z0-9]+:[A-Z][A-Za-z]+(?=`)/g));
  expect([...told].toSorted()).toEqual([...allowed].toSorted());
});

test('the diagram in the README shows what the stack is made of', () => {
  const { template } = stackOf();
  const made = new Set(
    Object.values(template.toJSON()['Resources'] as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    ),
  );
  const shown: Readonly<Record<string, string>> = {
    'AWS::Scheduler::Schedule': 'EventBridge Schedule',
    'AWS::Lambda::Function': 'Lambda, durable',
    'AWS::S3::Bucket': 'S3 bucket',
    'AWS::SQS::Queue': 'SQS queues',
    'AWS::CloudWatch::Alarm': 'Alarms',
    'AWS::CloudWatch::Dashboard': 'dashboard',
  };
  const behindThem =
    /::(?:Role|Policy|QueuePolicy|BucketPolicy|Alias|Version|LogGroup|EventInvokeConfig|Permission|ScheduleGroup|MetricFilter)$/;
  expect([...made].filter((type) => !behindThem.test(type)).toSorted()).toEqual(
    Object.keys(shown).toSorted(),
  );
  const diagram = blocksOf('README.md', 'mermaid').map(({ text }) => text);
  for (const word of Object.values(shown)) expect(diagram.join('')).toContain(word);
});
