import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { localStore } from '../../bin/local-world.ts';
import type { BacktestDocument } from '../../functions/report/backtest-schema.ts';
import { type EmbeddedAws, startAws } from '../sandbox/aws/start-aws.ts';
import { type Builder, builder, type Pushed } from '../support/builder.ts';
import { fileIn } from '../support/pages.ts';
import type { MadeNight } from '../support/past-nights.ts';
import { onDay } from '../support/past-nights.ts';
import { storeNights } from '../support/stored-nights.ts';
import { withEnvironment } from '../support/with-environment.ts';
import { command, fileWith, newFolder } from './command-line.ts';

const bucket = 'retention-reports';
const out = `s3://${bucket}/harbor`;

const inForce = `version: 1
rules:
  - name: builds
    select: { projects: [team], tags: ['ci-*'] }
    keep: { pushedWithin: 75d }
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 3d }
`;
const shorter = fileWith(inForce.replace('75d', '30d'), 'branch.yaml');

function team(pulls: Readonly<Record<string, Pushed>>): Builder {
  let all = builder('team/app').push('v1.0.0', { daysAgo: 400 });
  for (const age of [2, 20, 50, 60, 80])
    all = all.push(`ci-${age}`, { daysAgo: age, size: 1_000_000 * age, ...pulls[`ci-${age}`] });
  return all;
}

const trash = { trash: { project: 'retention-trash', problems: [] } };
const nights: readonly MadeNight[] = [0, 1, 2, 3, 4, 5].map((day) => ({
  day,
  registry: trash,
  facts: [
    team({
      ...(day >= 2 ? { 'ci-50': { pulledDaysAgo: -1.5 } } : {}),
      ...(day >= 5 ? { 'ci-60': { pulledDaysAgo: -4.5 } } : {}),
    }).repository(),
  ],
}));

let aws: EmbeddedAws;
let setBack: () => void;
let ids: readonly string[];

beforeAll(async () => {
  aws = await startAws({ buckets: [bucket] });
  setBack = withEnvironment(aws.env);
  ids = await storeNights(localStore({ out }), nights, { policy: inForce });
});
afterAll(async () => {
  setBack();
  await aws.close();
});

const backtest = (...more: readonly string[]) =>
  command(['backtest', shorter, '--out', out, ...more]);

const answerOf = (text: string): BacktestDocument => JSON.parse(text) as BacktestDocument;

test('what would have been pulled after it had gone, and whether the trash still had it', async () => {
  const { code, out: shown, err } = await backtest('--format', 'json');
  expect({ code, err }).toEqual({ code: 7, err: '' });
  const { candidate, inForce: other, nights: found, notes, passedOver } = answerOf(shown);
  expect(candidate.regrets.map(({ tags, undo, run, wanted }) => [tags, undo, run, wanted])).toEqual(
    [
      [['ci-60'], 'lost', ids[0], [{ kind: 'pulled', at: new Date(onDay(4.5)).toISOString() }]],
      [['ci-50'], 'in-trash', ids[0], [{ kind: 'pulled', at: new Date(onDay(1.5)).toISOString() }]],
    ],
  );
  expect(candidate.gone).toEqual({ artifacts: 3, bytes: 190_000_000 });
  expect(candidate.rules).toEqual([
    { rule: 'builds', gone: { artifacts: 3, bytes: 190_000_000 }, tags: 0, regrets: 2, lost: 1 },
  ]);
  expect(candidate.watch).toEqual({
    removals: 3,
    toTheEnd: 3,
    closed: 0,
    ended: 0,
    endedSince: null,
    unseen: 0,
    lastNight: 0,
    days: { least: 5, most: 5 },
  });
  expect(other?.policy.name).toBe(`policy.yaml of run ${ids.at(-1)}`);
  expect(other?.gone.artifacts).toBe(1);
  expect(other?.regrets).toEqual([]);
  expect(
    found.map(({ candidate: { gone, trash: held } }) => [gone.artifacts, held.artifacts]),
  ).toEqual([
    [3, 3],
    [0, 3],
    [0, 3],
    [0, 3],
    [0, 0],
    [0, 0],
  ]);
  expect(passedOver).toEqual([]);
  // Nobody had pulled anything before the third night.
  expect(notes).toEqual([expect.stringMatching(/^on 2 nights Harbor seemed to record no pulls/)]);
});

test('the JSON is as its published schema says', async () => {
  const ajv = new Ajv2020({ formats: { 'date-time': true } });
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../schemas/backtest.schema.json'), 'utf8'),
  ) as object;
  const { out: shown } = await backtest('--format', 'json');
  const isValid = ajv.validate(schema, JSON.parse(shown));
  expect(ajv.errors ?? []).toEqual([]);
  expect(isValid).toBe(true);
});

test('the newest nights only, and the policy in force by itself, without a regret', async () => {
  const argv = ['backtest', fileWith(inForce), '--out', out, '--format', 'json', '--nights', '2'];
  const { code, out: shown } = await command(argv);
  const found = answerOf(shown);
  expect([code, found.nights.length, found.inForce]).toEqual([0, 2, undefined]);
  expect(found.candidate.watch).toMatchObject({ removals: 1, toTheEnd: 1 });
});

test('as text: each night, then the gravest regret first', async () => {
  const { code, out: shown } = await backtest();
  expect(code).toBe(7);
  expect(shown).toContain('regrets: 2, 1 of them lost');
  expect(shown).toMatch(/2026-11-21 03:30 .* 3 .*█/);
  expect(shown.indexOf('lost: team/app')).toBeGreaterThan(0);
  expect(shown.indexOf('in the trash: team/app')).toBeGreaterThan(shown.indexOf('lost: team/app'));
  expect(shown).toContain('pulled 2026-11-25 15:30, 4 days later');
});

test('as a comment, with a mark of its own, and as a page into a file', async () => {
  const { out: shown } = await backtest('--format', 'markdown');
  const [mark, headline] = shown.split('\n');
  expect(mark).toMatch(/^<!-- harbor-retention backtest \S+branch\.yaml -->$/);
  expect(headline).toBe('### Retention over 6 nights: 2 regrets');
  expect(shown).toContain('| lost | `team/app@sha256:');
  const file = join(newFolder(), 'backtest.html');
  const { code, out: told } = await backtest('--format', 'html', '--to', file);
  expect([code, told]).toEqual([7, `Backtest over 6 nights, as html: ${file}\n`]);
  const page = readFileSync(file, 'utf8');
  expect(page).toContain('2 regrets, 1 lost');
  expect(page).toContain('<polyline class="own"');
  const nowhere = await backtest('--format', 'html', '--to', '/nowhere/backtest.html');
  expect([nowhere.code, nowhere.err.split('\n')[0]]).toEqual([
    2,
    "/nowhere/backtest.html can't be written.",
  ]);
});

interface Statement {
  readonly Action: string;
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringLike: { readonly 's3:prefix': readonly string[] } };
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text);

test('nothing is written, and what docs/pull-requests.md grants is enough', async () => {
  const listed = fileWith(
    `${inForce}protect:\n  inUse:\n    - { source: collected, must: [prod] }\n    - { source: list, s3: { bucket: ${bucket}, key: harbor/lists/prod.txt } }\n`,
  );
  await new S3Client({}).send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: 'harbor/lists/prod.txt',
      Body: 'team/app:ci-80\n',
    }),
  );
  const before = new Map(aws.objects(bucket));
  const from = aws.requests.length;
  expect((await command(['backtest', listed, '--out', out])).code).toBe(0);
  expect(new Map(aws.objects(bucket))).toEqual(before);
  const { Statement: granted } = JSON.parse(fileIn('docs/pull-requests.md', 'read-facts.json')) as {
    readonly Statement: readonly Statement[];
  };
  const asked = aws.requests.slice(from);
  expect(asked.length).toBeGreaterThan(20);
  for (const { operation, key, prefix = '' } of asked) {
    const isAllowed = granted.some(({ Action, Resource, Condition }) =>
      operation === 'ListObjectsV2'
        ? Action === 's3:ListBucket' &&
          Condition?.StringLike['s3:prefix'].some((one) => matches(one, prefix))
        : Action === `s3:${operation}` &&
          [Resource].flat().some((one) => matches(one, `arn:aws:s3:::${bucket}/${key}`)),
    );
    expect({ operation, key, prefix, isAllowed }).toMatchObject({ isAllowed: true });
  }
});

/** A folder of runs. */
async function folderOf(made: readonly MadeNight[]): Promise<string> {
  const folder = newFolder();
  await storeNights(localStore({ out: folder }), made, { policy: inForce });
  return folder;
}

test('a folder of runs stays as it is', async () => {
  const folder = await folderOf(nights);
  const snapshot = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return { name, mtimeMs, size };
    });
  const before = snapshot();
  expect((await command(['backtest', shorter, '--out', folder])).code).toBe(7);
  expect(snapshot()).toEqual(before);
});

test('runs whose facts are not whole, and those of another Harbor, are passed over by name', async () => {
  const elsewhere = {
    url: 'https://staging.example',
    version: 'v2.15.2',
    currentTime: onDay(3),
    measuredAt: onDay(3),
    readOnly: false,
  };
  const folder = await folderOf(
    nights.map((night) =>
      night.day === 3 ? { ...night, registry: { ...trash, harbor: elsewhere } } : night,
    ),
  );
  rmSync(join(folder, 'inventory', ids[1] ?? '', 'part-00001.ndjson.gz'));
  writeFileSync(join(folder, 'inventory', ids[1] ?? '', 'actions-00001.ndjson.gz'), '');
  const { code, out: shown } = await command([
    'backtest',
    shorter,
    '--out',
    folder,
    '--format',
    'json',
  ]);
  const found = answerOf(shown);
  expect([code, found.nights.map(({ run }) => run)]).toEqual([7, [ids[0], ids[2], ids[4], ids[5]]]);
  expect(found.passedOver).toEqual([
    { run: ids[1], because: 'part 1 of 1 is gone' },
    { run: ids[3], because: 'it was on https://staging.example' },
  ]);
});

test('facts that break off are an error that names them, and never a smaller registry', async () => {
  const folder = await folderOf(nights.slice(0, 2));
  const key = join(folder, 'inventory', ids[0] ?? '', 'part-00001.ndjson.gz');
  writeFileSync(key, readFileSync(key).subarray(0, 60));
  const { code, out: shown, err } = await command(['backtest', shorter, '--out', folder]);
  expect([code, shown]).toEqual([1, '']);
  expect(err).toContain(`inventory/${ids[0]}/part-00001.ndjson.gz`);
});

test('a store without facts, and a policy with mistakes, are said', async () => {
  const none = await command(['backtest', shorter, '--out', newFolder()]);
  expect(none.code).toBe(2);
  expect(none.err).toContain('holds the facts of no run');
  const wrong = fileWith(inForce.replace('75d', 'soon'));
  const mistaken = await command(['backtest', wrong, '--out', out]);
  expect(mistaken.code).toBe(2);
  expect(mistaken.err).toContain('pushedWithin');
});

test('a status line goes night by night where a person looks, and nowhere else', async () => {
  const argv = ['backtest', shorter, '--out', out, '--format', 'json'];
  const { err } = await command(argv, { isInteractive: true });
  expect(err).toContain(`Judging night 2 of 6, run ${ids[1]}`);
  expect(err.endsWith('\u001b[2K')).toBe(true);
});

test('check names a limit that would have refused each of the last nights, and where it stands', async () => {
  const tight = fileWith(inForce.replace('75d', '30d').replace('90 }', '90, maxDeletions: 1 }'));
  const { code, out: shown } = await command(['check', tight, '--out', out]);
  expect(code).toBe(0);
  expect(shown).toContain('refuses the plan of each of the last 6 nights');
  expect(shown).toContain('1 deletion too many');
  expect(shown).toMatch(/6:36/);
  expect(shown).toContain(
    `Over the last 6 nights (${ids[0]} to ${ids[5]}), 6 would have been refused: max-deletions.`,
  );
  const good = await command(['check', shorter, '--out', out, '--json']);
  const answer = JSON.parse(good.out) as { readonly warnings: unknown; readonly nights: unknown };
  expect(answer.warnings).toEqual([]);
  expect(answer.nights).toHaveLength(6);
});

test('what stands for lists and trash that the runs did not look at is said', async () => {
  const other = fileWith(
    `${inForce.replace('retention-trash', 'other-trash')}protect:\n  inUse: [{ source: list, images: ['team/app:ci-80'] }]\n`,
  );
  const { code, out: shown } = await command(['backtest', other, '--out', out, '--format', 'json']);
  const found = answerOf(shown);
  expect([code, found.candidate.gone.artifacts]).toEqual([0, 0]);
  expect(found.notes).toEqual([
    expect.stringMatching(/^1 list of images in use does not say when written/),
    expect.stringMatching(/^on 2 nights Harbor seemed to record no pulls/),
    expect.stringMatching(/^this policy: on 6 nights the run had other sources in protect\.inUse/),
    expect.stringMatching(/^this policy: on 6 nights the run looked at another trash project/),
  ]);
});
