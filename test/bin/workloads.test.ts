import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../bin/cli.ts';
import { parseWorkloadList } from '../../functions/domain/workload-list.ts';
import { startAws } from '../sandbox/aws/start-aws.ts';
import { active, emptyAccount } from '../sandbox/ecs/account.ts';
import { startAccount } from '../sandbox/ecs/start-account.ts';
import { everyKind, stored } from '../sandbox/kubernetes/objects.ts';
import {
  type EmbeddedKubernetes,
  type KubernetesOptions,
  startKubernetes,
} from '../sandbox/kubernetes/start-kubernetes.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts';
import { withEnvironment } from '../support/with-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'workloads-'));
const target = join(folder, 'list.ndjson');
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function command(...argv: readonly string[]) {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isInteractive: false,
  };
  const code = await main(['workloads', ...argv], terminal, process.env);
  return { code, out, err };
}

async function cluster(options: KubernetesOptions = {}): Promise<EmbeddedKubernetes> {
  const started = await startKubernetes(everyKind(), options);
  closing.push(() => started.close());
  return started;
}

/** A kubeconfig of one context. JSON is YAML. */
function kubeconfig(server: object, user: object): string {
  const file = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    contexts: [
      { name: 'prod', context: { cluster: 'c', user: 'u' } },
      { name: 'broken', context: { cluster: 'none', user: 'u' } },
    ],
    clusters: [{ name: 'c', cluster: server }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
const plainHttp = ({ url }: EmbeddedKubernetes) => ({
  server: `${url}/`,
  'insecure-skip-tls-verify': true,
});
const token = 'secret-of-the-collector';
const signedIn = { isSignedIn: (given: string | undefined) => given === token };
const written = () => parseWorkloadList(readFileSync(target, 'utf8'));

describe('kubernetes', () => {
  test('writes the list of a cluster, named after its context', async () => {
    const file = kubeconfig(plainHttp(await cluster(signedIn)), { token });
    const { code, out, err } = await command('kubernetes', '--kubeconfig', file, '--to', target);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `prod (kubernetes): 11 images in use (1 running, 8 may-start, 2 roll-back) in ${target}.\nThe list is complete.\n`,
    );
    expect(written()).toMatchObject({ source: 'kubernetes', scope: 'prod', unreadable: [] });
    expect(written().uses).toHaveLength(11);
  });

  test('writes what it found where something is missing, and ends with 5', async () => {
    const { faults, ...one } = await cluster();
    faults.forbidden.add('/cronjobs');
    const file = kubeconfig(plainHttp({ faults, ...one }), { token });
    const argv = ['kubernetes', '--kubeconfig', file, '--to', target, '--scope', 'eu'];
    const { code, out } = await command(...argv);
    expect(code).toBe(5);
    expect(out).toMatch(
      /not complete: .*something is missing:\n {2}cronjobs.batch: 403, .*\n {2}→ Grant/,
    );
    expect(written()).toMatchObject({
      scope: 'eu',
      unreadable: [{ because: expect.stringMatching(/^cronjobs/) }],
    });
    expect(JSON.parse((await command(...argv, '--json')).out)).toMatchObject({
      to: target,
      scope: 'eu',
      complete: false,
      uses: 10,
      missing: [{ what: 'cronjobs.batch' }],
    });
  });

  test('leaves the list as it was where nobody lets it in, and ends with 4', async () => {
    writeFileSync(target, 'the list before');
    const file = kubeconfig(plainHttp(await cluster(signedIn)), { token: 'of-yesterday' });
    const { code, err } = await command('kubernetes', '--kubeconfig', file, '--to', target);
    expect(code).toBe(4);
    expect(err).toMatch(/API server of prod gives no answer: 401/);
    expect(err).not.toContain('of-yesterday');
    expect(readFileSync(target, 'utf8')).toBe('the list before');
  });

  test('lists custom resources, and only some namespaces', async () => {
    const list = '/apis/argoproj.io/v1alpha1/workflowtemplates';
    const one = await cluster({ custom: [list] });
    const image = 'harbor.example/team/step:1';
    const spec = { templates: [{ container: { image } }] };
    one.objects.push(
      stored('workflowtemplates', 'nightly', {
        group: 'argoproj.io',
        version: 'v1alpha1',
        namespace: 'ci',
        spec,
      }),
    );
    const resources = join(folder, 'custom.yaml');
    writeFileSync(
      resources,
      'customResources:\n  - group: argoproj.io\n    version: v1alpha1\n    plural: workflowtemplates\n    paths: ["spec.templates[*].container"]\n',
    );
    const file = kubeconfig(plainHttp(one), { token });
    const argv = [
      'kubernetes',
      '--kubeconfig',
      file,
      '--to',
      target,
      '--custom-resources',
      resources,
    ];
    expect(await command(...argv, '--namespace', 'ci', 'empty')).toMatchObject({ code: 0 });
    expect(written().uses).toEqual([
      { image, by: 'workflowtemplates ci/nightly', role: 'may-start' },
    ]);
  });

  test.each([
    [
      'a script',
      {
        command: 'sh',
        args: ['-c', `echo '${JSON.stringify({ kind: 'ExecCredential', status: { token } })}'`],
      },
    ],
    [
      'one that wants a variable',
      {
        command: 'sh',
        args: ['-c', 'printf \'{"status":{"token":"%s"}}\' "$TOKEN"'],
        env: [{ name: 'TOKEN', value: token }],
      },
    ],
  ])('signs in by an exec plugin: %s', async (_, exec) => {
    const apiVersion = 'client.authentication.k8s.io/v1';
    const file = kubeconfig(plainHttp(await cluster(signedIn)), { exec: { apiVersion, ...exec } });
    expect(await command('kubernetes', '--kubeconfig', file, '--to', target)).toMatchObject({
      code: 0,
    });
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a kubeconfig that is not there', ['--kubeconfig', '/none'], /can't be read: ENOENT/],
    ['a context that is not there', ['--context', 'x'], /no context "x"/],
    ['a context without a cluster', ['--context', 'broken'], /no context "broken"/],
    ['EKS beside a context', ['--eks', 'prod', '--context', 'x'], /--eks stands beside/],
    ['a role without EKS', ['--role-arn', 'arn:aws:iam::123456789012:role/x'], /are for --eks/],
    ['an object without a key', ['--to', 's3://bucket'], /is no object in S3/],
    ['a folder in S3', ['--to', 's3://bucket/lists/'], /is no object in S3/],
    [
      'a file of custom resources that is not there',
      ['--custom-resources', '/none'],
      /can't be read/,
    ],
  ])('%s is said in a sentence, with 2', async (_, argv, message) => {
    const file = kubeconfig({ server: 'http://127.0.0.1:9' }, { token });
    const { code, err } = await command(
      'kubernetes',
      '--kubeconfig',
      file,
      '--to',
      target,
      ...argv,
    );
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });

  test('all mistakes in a file of custom resources are shown at once', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(
      file,
      'customResources:\n  - group: a\n    version: v1\n    plural: b\n    path: x\n    paths: ["$.x"]\n',
    );
    const { err } = await command('kubernetes', '--to', target, '--custom-resources', file);
    expect(err).toMatch(/wrong.yaml:5:5: .*path/);
    expect(err).toMatch(/wrong.yaml:6:13: [\s\S]*must be a path such as spec.template.spec/);
  });
});

const where = hasOpenssl ? describe : describe['skip'];
if (!hasOpenssl) console.warn('Kubernetes over TLS: SKIPPED, there is no openssl here');

where('kubernetes over TLS', () => {
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates();
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const authority = () => ({ 'certificate-authority-data': base64(made.ca) });

  test('signs in by a client certificate', async () => {
    const { cert, key } = made.server;
    const tls = { cert, key, ca: made.ca, requestCert: true, rejectUnauthorized: true };
    const { url } = await cluster({ tls });
    const user = {
      'client-certificate-data': base64(made.client.cert),
      'client-key-data': base64(made.client.key),
    };
    const file = kubeconfig({ server: url, ...authority() }, user);
    const argv = ['kubernetes', '--kubeconfig', file, '--to', target];
    expect(await command(...argv)).toMatchObject({ code: 0, err: '' });
  });

  describe('of EKS', () => {
    const tokens: string[] = [];
    /** As the server of EKS does: it asks who made the address. */
    const isOfEks = (given: string | undefined): boolean => {
      tokens.push(given ?? '');
      const text = Buffer.from((given ?? '').replace(/^k8s-aws-v1\./, ''), 'base64url').toString();
      if (!URL.canParse(text)) return false;
      const { hostname, searchParams: query } = new URL(text);
      const signed = query.get('X-Amz-SignedHeaders') ?? '';
      return (
        hostname === 'sts.eu-central-1.amazonaws.com' &&
        query.get('Action') === 'GetCallerIdentity' &&
        Number(query.get('X-Amz-Expires')) <= 900 &&
        signed.split(';').includes('x-k8s-aws-id') &&
        /^OWN\/\d{8}\/eu-central-1\/sts\/aws4_request$/.test(query.get('X-Amz-Credential') ?? '')
      );
    };

    test('signs in by its name alone', async () => {
      const { cert, key } = made.server;
      const { url } = await cluster({ tls: { cert, key }, isSignedIn: isOfEks });
      const eks = { prod: { endpoint: url, certificateAuthority: { data: base64(made.ca) } } };
      const aws = await startAccount({ ...emptyAccount, eks });
      closing.push(() => aws.close(), withEnvironment(aws.env));
      expect(await command('kubernetes', '--eks', 'prod', '--to', target)).toMatchObject({
        code: 0,
        err: '',
      });
      expect(written()).toMatchObject({ scope: 'prod', unreadable: [] });
      expect(new Set(tokens).size).toBe(1);
    });

    test.each<[string, object, RegExp]>([
      [
        'of another name',
        { other: {} },
        /did not describe the cluster prod: ResourceNotFoundException/,
      ],
      ['that is being made', { prod: { status: 'CREATING' } }, /its status is CREATING/],
    ])('a cluster %s is named', async (_, eks, message) => {
      const aws = await startAccount({
        ...emptyAccount,
        eks: eks as Readonly<Record<string, object>>,
      });
      closing.push(() => aws.close(), withEnvironment(aws.env));
      const { code, err } = await command('kubernetes', '--eks', 'prod', '--to', target);
      expect(code).toBe(4);
      expect(err).toMatch(message);
    });
  });
});

describe('ecs', () => {
  test('writes the list of an account into S3', async () => {
    const account = await startAccount({
      ...emptyAccount,
      families: { api: active('harbor.example/team/api:1') },
    });
    const s3 = await startAws({ buckets: ['reports'] });
    closing.push(
      () => account.close(),
      () => s3.close(),
      withEnvironment({ ...account.env, AWS_ENDPOINT_URL_S3: s3.url }),
    );
    const { code, out } = await command('ecs', '--to', 's3://reports/lists/workloads/prod.ndjson');
    expect({ code, out }).toEqual({
      code: 0,
      out: '123456789012 (ecs): 1 image in use (0 running, 1 may-start, 0 roll-back) in s3://reports/lists/workloads/prod.ndjson.\nThe list is complete.\n',
    });
    const text = s3.objects('reports').get('lists/workloads/prod.ndjson')?.toString() ?? '';
    expect(parseWorkloadList(text)).toMatchObject({
      source: 'ecs',
      scope: '123456789012',
      unreadable: [],
    });
  });

  test('writes nothing where nothing may be listed', async () => {
    const account = await startAccount(emptyAccount);
    closing.push(() => account.close(), withEnvironment(account.env));
    for (const one of ['ListClusters', 'ListTaskDefinitionFamilies'])
      account.faults.denied.add(one);
    const place = join(folder, 'none.ndjson');
    const { code, err } = await command('ecs', '--to', place, '--region', 'eu-central-1');
    expect(code).toBe(4);
    expect(err).toMatch(
      /Nothing of 123456789012 could be listed: clusters in eu-central-1: AccessDenied/,
    );
    expect(err).toMatch(/→ Grant ecs:ListClusters/);
    expect(existsSync(place)).toBe(false);
  });

  test('without a region it says so', async () => {
    const { AWS_REGION: _, ...environment } = process.env;
    const err: string[] = [];
    const terminal = {
      out: () => undefined,
      err: (text: string) => void err.push(text),
      isInteractive: false,
    };
    expect(await main(['workloads', 'ecs', '--to', target], terminal, environment)).toBe(2);
    expect(err.join('')).toMatch(/No region is given/);
  });
});

test('a person sees how far it is', async () => {
  const file = kubeconfig(plainHttp(await cluster()), { token });
  let err = '';
  const terminal = {
    out: () => undefined,
    err: (text: string) => void (err += text),
    isInteractive: true,
  };
  await main(['workloads', 'kubernetes', '--kubeconfig', file, '--to', target], terminal, {});
  expect(err).toMatch(/Listing 1 pods/);
  expect(err.endsWith('\r\u001b[2K')).toBe(true);
});
