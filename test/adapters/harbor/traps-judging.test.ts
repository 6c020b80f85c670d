import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReportRow } from '../../../functions/report/row-schema.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../../sandbox/harbor/index.ts';
import {
  fatesOf,
  reportIn,
  rowsIn,
  runToEnd,
  type TestWorld,
  worldAround,
} from '../../support/run-world.ts';

const day = 86_400_000;
const hour = 3_600_000;
let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

/** A policy of one condition over everything, tagged or not. */
const policyOf = (keep: string, replication = true): string => `
version: 1
trash: off
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
acknowledgeReplication: ${String(replication)}
rules:
  - name: old
    select: { projects: ["**"], tags: ["**"] }
    keep: ${keep}
  - name: untagged
    select: { projects: ["**"], untagged: true }
    keep: ${keep}
`;
const ago = (days: number): number => harbor.clock.now() - days * day;
const push = (tags: readonly string[], more: SeedArtifact & { tagPulledAt?: number } = {}) =>
  harbor.seed.push({ project: 'team', repository: 'api', tags, pushedAt: ago(90), ...more });

interface Judged {
  readonly world: TestWorld;
  readonly fates: Readonly<Record<string, string>>;
  readonly rows: readonly ReportRow[];
}
async function judge(policy: string): Promise<Judged> {
  const world = worldAround(harbor, { policy });
  await runToEnd(world);
  const rows = await rowsIn(world.store, reportIn(world.store));
  return { world, rows, fates: fatesOf(rows) };
}

describe('judging by what Harbor says', () => {
  test('T14: a running image that only its artifact shows as pulled, by digest, is kept with its tag', async () => {
    push(['running'], { pulledAt: ago(1) });
    push(['idle'], { pulledAt: ago(80), tagPulledAt: ago(80) });
    const { fates } = await judge(policyOf('{ pulledWithin: 30d }'));
    expect(fates).toEqual({ 'team/api:running': 'keep', 'team/api:idle': 'delete' });
  });

  test('T15: the pull time that a moved tag brought along says nothing of its new digest', async () => {
    push(['current'], { pulledAt: ago(2), tagPulledAt: ago(2) });
    const moved = push([], { pushedAt: ago(40) });
    push(['stable'], { pushedAt: ago(80), tagPulledAt: ago(20) });
    harbor.seed.moveTag({
      project: 'team',
      repository: 'api',
      tag: 'stable',
      to: moved.digest,
      at: ago(10),
    });
    const { rows } = await judge(policyOf('{ mostRecentlyPulled: 1 }'));
    const row = rows.find((one) => one.digest === moved.digest);
    expect(row).toMatchObject({ tags: ['stable'], pulledAt: null });
  });

  test('T16: with pull times switched off a rule by pulls keeps all it selects, and warns', async () => {
    push(['a']);
    push(['b'], { pulledAt: ago(60) });
    const { fates, world } = await judge(policyOf('{ pulledWithin: 30d }'));
    expect(fates).toEqual({ 'team/api:a': 'keep', 'team/api:b': 'keep' });
    expect(reportIn(world.store).warnings).toContainEqual(
      expect.objectContaining({ code: 'pull-signal-lost' }),
    );
  });

  test('T16: where a scan made everything look used, the report warns', async () => {
    for (let index = 0; index < 60; index += 1) {
      const pushedAt = ago(90 + index);
      push([`t${index}`], { size: index + 1, pushedAt, pulledAt: ago(3) + index * 1_000 });
    }
    const { world } = await judge(policyOf('{ pulledWithin: 30d }'));
    expect(reportIn(world.store).warnings).toContainEqual(
      expect.objectContaining({ code: 'pull-times-clustered' }),
    );
  });

  test('T17: a tag put on an old digest yesterday makes it as new as yesterday', async () => {
    const { digest } = push(['v1']);
    harbor.seed.moveTag({
      project: 'team',
      repository: 'api',
      tag: 'stable',
      to: digest,
      at: ago(1.5),
    });
    push(['v0'], { size: 2 });
    const { fates } = await judge(policyOf('{ pushedWithin: 30d }'));
    expect(fates).toEqual({
      'team/api:stable': 'keep',
      'team/api:v1': 'keep',
      'team/api:v0': 'delete',
    });
  });

  test('T18: children are not judged alone: one whose index stays is kept, tagged or not', async () => {
    const index = push(['keep-me'], { platforms: 2, pushedAt: ago(5) });
    const child =
      harbor.state.artifacts('team').find((one) => one.digest === index.digest)?.children[0] ?? '';
    harbor.seed.moveTag({
      project: 'team',
      repository: 'api',
      tag: 'amd64',
      to: child,
      at: ago(80),
    });
    push(['other']);
    const { rows } = await judge(policyOf('{ pushedWithin: 30d }'));
    const fate = (tag: string) => rows.find((row) => row.tags?.includes(tag));
    expect(fate('other')?.fate).toBe('delete');
    expect(fate('amd64')?.fate).toBe('keep');
  });

  test('T18: an index goes as one, and no action names its untagged children', async () => {
    const index = push(['old'], { platforms: 3 });
    const { world, rows } = await judge(policyOf('none'));
    expect(rows.filter((row) => row.fate === 'delete').map((row) => row.digest)).toEqual([
      index.digest,
    ]);
    expect(reportIn(world.store).totals?.deletions).toBe(1);
  });

  test('T19: an untagged artifact of minutes may be a child on its way: its age alone holds it', async () => {
    push([], { pushedAt: harbor.clock.now() - hour });
    push([], { pushedAt: ago(40), size: 2 });
    const { rows } = await judge(policyOf('none'));
    expect(rows.map((row) => [row.fate, row.by])).toEqual([
      ['keep', 'minimumAge'],
      ['delete', undefined],
    ]);
  });

  test('T23: an attestation tag that Harbor does not link follows its subject, and no rule takes it', async () => {
    const kept = push(['v2'], { pushedAt: ago(5) });
    const gone = push(['v1'], { size: 2 });
    const tagOf = (digest: string): string => `${digest.replace(':', '-')}.att`;
    push([tagOf(kept.digest)], { size: 3 });
    push([tagOf(gone.digest)], { size: 4 });
    push([`sha256-${'0'.repeat(64)}.sbom`], { size: 5 });
    const { fates } = await judge(policyOf('{ pushedWithin: 30d }'));
    expect(fates).toEqual({
      'team/api:v2': 'keep',
      'team/api:v1': 'delete',
      [`team/api:${tagOf(kept.digest)}`]: 'keep',
      [`team/api:${tagOf(gone.digest)}`]: 'delete',
      [`team/api:sha256-${'0'.repeat(64)}.sbom`]: 'keep',
    });
  });

  test('T26: one immutable tag, even a signature’s, holds its artifact in the plan already', async () => {
    const signed = push(['v1']);
    harbor.seed.accessory({
      subject: signed,
      type: 'signature.cosign',
      tags: [`${signed.digest.replace(':', '-')}.sig`],
    });
    push(['v2'], { size: 2 });
    harbor.seed.immutableRule('team', { tags: 'v2' });
    const { fates } = await judge(policyOf('{ pushedWithin: 30d }'));
    expect(fates['team/api:v2']).toBe('keep');
    harbor.seed.immutableRule('team', { tags: '**' });
    expect(Object.values((await judge(policyOf('none'))).fates)).toEqual(['keep', 'keep']);
  });

  test('T8: immutability is decided from the rules, whatever the flags of a list say', async () => {
    push(['v1']);
    harbor.seed.immutableRule('team', { tags: 'v*' });
    harbor.faults.on('immutability-unread');
    expect((await judge(policyOf('none'))).fates).toEqual({ 'team/api:v1': 'keep' });
  });

  test('T29: a replication that would repeat deletions elsewhere refuses the plan until it is acknowledged', async () => {
    push(['v1']);
    push(['v2'], { size: 2 });
    harbor.seed.replicationPolicy({ name: 'dr', replicateDeletion: true, names: ['team/**'] });
    const { world } = await judge(policyOf('none', false));
    expect(reportIn(world.store).refusals.map((one) => one.rail)).toContain('deletions-replicated');
  });

  test('T30: a proxy cache is left alone unless the policy says otherwise, and reading it loads nothing', async () => {
    const { id } = harbor.seed.registry('upstream');
    harbor.seed.project('cache', { registryId: id });
    harbor.seed.push({ project: 'cache', repository: 'alpine', tags: ['3'], pushedAt: ago(90) });
    const { fates } = await judge(policyOf('none'));
    expect(fates).toEqual({ 'cache/alpine:3': 'keep' });
    expect(harbor.requests.all.filter(({ path }) => path.startsWith('/v2'))).toEqual([]);
  });

  test('T39: where Harbor’s own retention is at work, the plan is refused', async () => {
    push(['v1']);
    harbor.seed.retentionPolicy('team', {
      cron: '0 0 0 * * *',
      rules: [{ action: 'retain', template: 'always', params: {} }],
    });
    const { world } = await judge(policyOf('none'));
    expect(reportIn(world.store).refusals.map((one) => one.rail)).toContain(
      'harbor-retention-enabled',
    );
  });
});
