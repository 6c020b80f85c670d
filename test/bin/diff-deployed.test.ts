import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { diff, type DiffOptions } from '../../bin/commands/diff.ts';
import { planningFrom } from '../../bin/command-context.ts';
import { localStore } from '../../bin/local-world.ts';
import { readOnlyStore } from '../../bin/read-only-store.ts';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import type { ReportDiff } from '../../functions/report/diff-reports.ts';
import type { Compared } from '../../functions/report/diff-words.ts';
import { formatWorkloadList } from '../../functions/domain/workload-list.ts';
import { type EmbeddedAws, startAws } from '../sandbox/aws/start-aws.ts';
import { fileIn } from '../support/pages.ts';
import { memoryStore } from '../support/memory-store.ts';
import { withEnvironment } from '../support/with-environment.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

const day = 86_400_000;
const bucket = 'retention-reports';
const out = `s3://${bucket}/harbor`;
const list = { bucket, key: 'harbor/lists/prod.txt' };

const inForce = policy.replace('60d', '75d').replace(
  'limits:',
  `  - name: untagged
    select: { projects: [team], untagged: true }
    keep: { untaggedWithin: 30d }
limits:`,
);
const branch = `${inForce.replace('75d', '10d')}protect:
  inUse:
    - { source: list, s3: { bucket: ${list.bucket}, key: ${list.key} }, freshWithin: 2h }
    - { source: collected, must: [prod] }
`;
const shorter = fileWith(branch, 'branch.yaml');

let scene: Scene;
let aws: EmbeddedAws;
let runId: string;
let setBack: () => void;

async function putList(text: string, Key = list.key): Promise<void> {
  const client = new S3Client({});
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: text }));
}

/** What a collector wrote, an hour after the facts were read. */
const collected = (writtenAt: number): string => {
  const header = { source: 'kubernetes', scope: 'prod', writtenAt, missing: [] };
  const use = { image: 'other/app:v2.0.0', by: 'web', role: 'running' } as const;
  return formatWorkloadList(header, [use]);
};

beforeAll(async () => {
  scene = await startScene();
  aws = await startAws({ buckets: [bucket] });
  setBack = withEnvironment(aws.env);
  await putList('team/app:ci-80\n');
  await putList(collected(Date.now() + day), 'harbor/lists/workloads/prod.ndjson');
  const flags = ['--policy', fileWith(inForce), '--out', out, '--json'];
  const run = await command(['plan', ...flags], scene);
  expect(run.code).toBe(0);
  runId = (JSON.parse(run.out) as { run: { id: string } }).run.id;
  await scene.harbor.close();
});
afterAll(async () => {
  setBack();
  await aws.close();
});

const deployed = (after: string, ...more: readonly string[]) =>
  command(['diff', 'deployed', after, '--out', out, ...more]);

interface Answer extends ReportDiff, Compared {}

const tagsOf = (changes: ReportDiff['newlyCondemned']): unknown =>
  changes.flatMap(({ tags }) => tags ?? []).toSorted();

test('the policy of the newest run is compared with the one of a branch, without Harbor', async () => {
  const { code, out: shown, err } = await deployed(shorter, '--format', 'json');
  expect({ code, err }).toEqual({ code: 6, err: '' });
  const answer = JSON.parse(shown) as Answer;
  expect(tagsOf(answer.newlyCondemned)).toEqual(['ci-20', 'ci-50', 'ci-70']);
  // The list of the branch holds it, which the policy in force does not name.
  expect(tagsOf(answer.newlyKept)).toEqual(['ci-80']);
  expect(answer.before).toMatch(new RegExp(`policy\\.yaml of run ${runId}$`));
  expect(answer.facts).toMatchObject({ runId, isOld: false, passedOver: [] });
  expect(answer.notKnown).toEqual([]);
});

test('the comment has its mark, counts, the age of the facts, rules and artifacts', async () => {
  const { code, out: shown } = await deployed(shorter, '--format', 'markdown');
  expect(code).toBe(6);
  const [mark, headline] = shown.split('\n');
  expect(mark).toMatch(/^<!-- harbor-retention diff \S+branch\.yaml -->$/);
  expect(headline).toBe('### Retention: 3 artifacts newly condemned, 1 newly kept');
  expect(shown).toContain(`- facts: run ${runId}, read at `);
  expect(shown).toContain('| `old-builds` | 3 |');
  expect(shown).toMatch(/\| `team\/app@sha256:[0-9a-f]{12}` \| `ci-50` \|/);
});

test('a policy that changes nothing ends with 0', async () => {
  const same = fileWith(inForce);
  const { code, out: shown } = await deployed(same);
  expect([code, shown.includes('newly condemned: 0 artifacts')]).toEqual([0, true]);
});

test('two policies of files are compared over the same facts', async () => {
  const argv = ['diff', fileWith(policy), shorter, '--out', out, '--format', 'json'];
  const { code, out: shown } = await command(argv);
  const answer = JSON.parse(shown) as Answer;
  expect([code, tagsOf(answer.newlyCondemned)]).toEqual([6, ['ci-20', 'ci-50']]);
});

test('a list that may not be read holds everything, and the comment says so', async () => {
  const off = aws.faults.add({
    operation: 'GetObject',
    key: /prod\.txt$/,
    effect: { kind: 'error', status: 403, code: 'AccessDenied' },
  });
  const { code, out: shown } = await deployed(shorter, '--format', 'markdown');
  off();
  expect(code).toBe(0);
  expect(shown).toContain('**Not known, and therefore kept:**');
  expect(shown).toMatch(/- `s3:\/\/retention-reports\/harbor\/lists\/prod\.txt: .*denied/);
});

test('a list that was written after the facts is not taken for one from the future', async () => {
  await putList(`# writtenAt: ${new Date(Date.now() + day).toISOString()}\nteam/app:ci-80\n`);
  const { code, out: shown } = await deployed(shorter, '--format', 'json');
  await putList('team/app:ci-80\n');
  expect([code, (JSON.parse(shown) as Answer).notKnown]).toEqual([6, []]);
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringLike: { readonly 's3:prefix': readonly string[] } };
}

const many = <T>(given: T | readonly T[]): readonly T[] =>
  Array.isArray(given) ? (given as readonly T[]) : [given as T];

/** As IAM matches: `*` is anything. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((one) => one.replaceAll('.', '\\.'))
      .join('.*')}$`,
  ).test(text);

test('nothing is written, and what is read is what docs/pull-requests.md grants, no more and no less', async () => {
  const before = new Map(aws.objects(bucket));
  const from = aws.requests.length;
  // One that asks for what is remembered of untagged artifacts, too.
  expect((await deployed(shorter)).code).toBe(6);
  const asked = aws.requests.slice(from);
  expect(new Map(aws.objects(bucket))).toEqual(before);

  const granted = JSON.parse(fileIn('docs/pull-requests.md', 'read-facts.json')) as {
    readonly Statement: readonly Statement[];
  };
  const used = new Set<string>();
  for (const { operation, key, prefix = '', status } of asked) {
    expect({ operation, key, status }).toEqual({ operation, key, status: 200 });
    const action = operation === 'ListObjectsV2' ? 's3:ListBucket' : `s3:${operation}`;
    const on = action === 's3:ListBucket' ? bucket : `${bucket}/${key}`;
    const by = granted.Statement.flatMap(({ Action, Resource, Condition }) =>
      many(Action).includes(action)
        ? many(Resource).flatMap((resource) => {
            if (!matches(resource, `arn:aws:s3:::${on}`)) return [];
            const prefixes = Condition?.StringLike['s3:prefix'];
            if (prefixes === undefined) return [`${action} ${resource}`];
            return prefixes.filter((one) => matches(one, prefix)).map((one) => `${action} ${one}`);
          })
        : [],
    );
    expect({ action, on, prefix, by }).not.toMatchObject({ by: [] });
    for (const one of by) used.add(one);
  }
  const all = granted.Statement.flatMap(({ Action, Resource, Condition }) =>
    many(Action).flatMap((action) =>
      (Condition?.StringLike['s3:prefix'] ?? many(Resource)).map((one) => `${action} ${one}`),
    ),
  );
  expect([...used].toSorted()).toEqual(all.toSorted());
});

test('a store that is read only refuses every change', async () => {
  const store = readOnlyStore(memoryStore());
  await expect(store.write('a', '')).rejects.toThrow('reads only');
  await expect(store.create('a', '')).rejects.toThrow('reads only');
  await expect(store.replace('a', '', '')).rejects.toThrow('reads only');
  await expect(store.remove('a')).rejects.toThrow('reads only');
  expect(() => store.openPart('a')).toThrow('reads only');
});

/** A folder with the facts of the run, as it lies in the bucket. */
function copied(): string {
  const folder = newFolder();
  for (const [key, body] of aws.objects(bucket)) {
    const path = join(folder, ...key.split('/').slice(1));
    writeFile(path, body);
  }
  return folder;
}

function writeFile(path: string, body: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body);
}

test('a newer run that has not read everything, or whose facts are gone, is passed over and named', async () => {
  const folder = copied();
  const state = (run: string) => join(folder, 'state', 'runs', run, 'state.json');
  const facts = (run: string) => join(folder, 'inventory', run, 'part-00001.ndjson.gz');
  const whole = JSON.parse(readFileSync(state(runId), 'utf8')) as object;
  const newer = (runOf: string, change: object) => {
    writeFile(state(runOf), JSON.stringify({ ...whole, runId: runOf, ...change }));
    writeFile(facts(runOf), '');
  };
  newer('2100-01-01T000000Z', { phase: 'inventory' });
  newer('2100-01-02T000000Z', { parts: 7 });
  writeFile(facts('2100-01-03T000000Z'), '');
  const argv = ['diff', 'deployed', shorter, '--out', folder, '--format', 'json'];
  const { out: shown } = await command(argv);
  expect((JSON.parse(shown) as Answer).facts).toMatchObject({
    runId,
    passedOver: [
      { runId: '2100-01-03T000000Z', because: 'only the facts are left, its state is gone' },
      { runId: '2100-01-02T000000Z', because: 'part 2 of 7 is gone' },
      { runId: '2100-01-01T000000Z', because: 'not everything is read yet' },
    ],
  });
  rmSync(facts(runId));
  const none = await command(argv);
  expect(none.code).toBe(2);
  expect(none.err).toContain('2100-01-03T000000Z only the facts are left');
  expect(none.err).toContain('Let one run end first');
});

test('facts older than --fresh-within are warned of', async () => {
  let shown = '';
  const terminal = {
    out: (text: string) => void (shown += text),
    err: () => {},
    isInteractive: false,
  };
  const { takenAt } = await latest();
  const options: DiffOptions = {
    format: 'markdown',
    store: localStore({ out }),
    freshWithin: '3d',
    planning: planningFrom({ terminal, environment: {}, mask: newSecretMask() }),
    clock: { now: () => takenAt + 3 * day },
  };
  await diff('deployed', shorter, { options, terminal });
  expect(shown).not.toContain('**Warning:**');
  const later = { ...options, clock: { now: () => takenAt + 3 * day + 1 } };
  await diff('deployed', shorter, { options: later, terminal });
  expect(shown).toContain('- **Warning:** these facts are old');
});

async function latest(): Promise<{ readonly takenAt: number }> {
  const stored = await localStore({ out }).read(`state/runs/${runId}/state.json`);
  return JSON.parse(stored?.text ?? '') as { takenAt: number };
}

test('a folder of runs stays as it is', async () => {
  const folder = copied();
  const snapshot = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return { name, mtimeMs, size };
    });
  const before = snapshot();
  expect((await command(['diff', 'deployed', shorter, '--out', folder])).code).toBe(6);
  expect(snapshot()).toEqual(before);
});
