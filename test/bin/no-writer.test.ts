import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { localWorld } from '../../bin/local-world.ts';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { silent } from '../support/run-world.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

// Whatever is no armed run and no restore has nothing in hand that could change Harbor, and sends it nothing but reads.
const withTrash = policy.replace('trash: off', 'trash: { project: retention-trash, keepFor: 14d }');

let scene: Scene;
let out: string;
let file: string;
let inventory: string;
let run: string;

beforeAll(async () => {
  scene = await startScene();
  out = newFolder();
  file = fileWith(withTrash);
  inventory = join(newFolder(), 'inventory.ndjson.gz');
  const planned = await command(['plan', '--policy', file, '--json', '--out', out], scene);
  const { fingerprint = '' } = JSON.parse(planned.out) as Report;
  const flags = ['--policy', file, '--yes', '--plan', fingerprint, '--json', '--out', out];
  const applied = await command(['apply', ...flags], scene);
  expect(applied.code).toBe(0);
  run = (JSON.parse(applied.out) as Report).run.id;
});
afterAll(() => scene.harbor.close());

const commands: readonly (readonly [string, () => readonly string[]])[] = [
  ['check', () => ['check', file]],
  ['plan', () => ['plan', '--policy', file, '--out', out]],
  [
    'plan --save-inventory',
    () => ['plan', '--policy', file, '--save-inventory', inventory, '--out', out],
  ],
  ['plan --at', () => ['plan', '--policy', file, '--at', '+30d', '--out', out]],
  [
    'plan --inventory',
    () => ['plan', '--policy', file, '--inventory', inventory, '--out', newFolder()],
  ],
  ['explain', () => ['explain', 'team/app', '--out', out]],
  ['diff of runs', () => ['diff', run, 'latest', '--out', out]],
  ['diff of policies', () => ['diff', file, file, '--inventory', inventory]],
  ['report', () => ['report', 'latest', '--format', 'text', '--out', out]],
  ['status', () => ['status', '--out', out]],
  ['convert --from-harbor', () => ['convert', '--from-harbor']],
  ['restore without --apply', () => ['restore', run, '--policy', file, '--out', out]],
];

test.each(commands)('%s sends Harbor nothing but reads', async (_, argv) => {
  scene.harbor.requests.clear();
  const { code, err } = await command(argv(), scene);
  expect([code, err.includes('unknown option')]).toEqual([expect.any(Number), false]);
  expect(code).not.toBe(2);
  expect(scene.harbor.requests.all.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('the world of a command that may not change Harbor holds no way to do so', async () => {
  const options = { policy: file, out };
  const given = { telemetry: silent, mask: newSecretMask() };
  const reading = await localWorld(options, scene.environment, { ...given, mayChange: false });
  const changing = await localWorld(options, scene.environment, { ...given, mayChange: true });
  expect(Object.keys(changing).filter((key) => !(key in reading))).toEqual(['changes']);
  const methods = Object.keys({ ...reading.harbor, ...reading.manifests });
  const writes = Object.keys({ ...changing.changes?.writer, ...changing.changes?.garbage });
  expect(writes.length).toBeGreaterThan(8);
  expect(methods.filter((name) => writes.includes(name))).toEqual([]);
});
