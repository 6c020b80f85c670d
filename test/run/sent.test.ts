import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restoreSlice } from '../../functions/restore.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import type { RunHistory } from '../../functions/domain/run-history.ts';
import { RetentionError } from '../../functions/errors.ts';
import { memoryKey } from '../support/memory-key.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  reportIn,
  runToEnd,
  unlimited,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
    untag: true
`;
const deletion = { method: 'DELETE', path: /projects\/team\/.*artifacts\/sha256[^/]*$/ } as const;

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let victim: { readonly digest: string };

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const pushedAt = harbor.clock.now() - 90 * day;
  const at = { project: 'team', repository: 'api', pushedAt };
  victim = harbor.seed.push({ ...at, tags: ['ci-1'] });
  harbor.seed.push({ ...at, tags: ['v1'], pushedAt: pushedAt + day });
  store = memoryStore();
});
afterEach(() => harbor.close());

const world = () => worldAround(harbor, { policy, store });
const isThere = (project = 'team'): boolean =>
  harbor.state.artifacts(project).some(({ digest }) => digest === victim.digest);

async function restored(): Promise<boolean> {
  const wanted = { runId: armed.runId, only: [], apply: true, owner: 'operator' };
  await restoreSlice(wanted, world(), unlimited);
  return isThere();
}

describe('a deletion that Harbor did, and whose answer a proxy replaced,', () => {
  test.each([200, 302, 401, 403, 404, 408, 429, 500, 502, 504, 520, 524])(
    'by %d counts as done, with its copy and its day',
    async (value) => {
      const fault = value === 200 ? 'not-json' : 'gateway-timeout';
      harbor.faults.on(fault, { ...deletion, times: 1, value });
      await runToEnd(world(), armed);
      harbor.faults.off();
      const { applied } = reportIn(store);
      expect([applied?.results, applied?.deleted]).toEqual([{ done: 1 }, 1]);
      expect(applied?.restorableUntil).not.toBeNull();
      expect([isThere(), await restored()]).toEqual([false, true]);
    },
  );
});

describe('a deletion that was sent, and whose answers were all lost,', () => {
  /** Harbor commits what it was sent after the run has given up (docs/harbor.md#t35-one-at-a-time). */
  const lateWorld = () => {
    const own = world();
    return withCalls(own, {
      deleteArtifact: () => Promise.resolve({ kind: 'lost', because: 'no answer came' }),
    });
  };

  test('is uncertain, with its copy, though every look shows the artifact; it is restorable', async () => {
    await runToEnd(lateWorld(), armed);
    expect(reportIn(store).applied?.results).toEqual({ uncertain: 1 });
    expect([isThere(), isThere('retention-trash')]).toEqual([true, true]);
    const at = { project: 'team', repository: 'api' };
    await world().changes.writer.deleteArtifact(at, victim.digest);
    expect([isThere(), await restored()]).toEqual([false, true]);
  });

  test('is uncertain also if Harbor refuses the second try', async () => {
    const own = world();
    let sent = 0;
    const refusing = withCalls(own, {
      deleteArtifact: () => {
        sent += 1;
        return Promise.resolve(
          sent === 1
            ? { kind: 'lost', because: 'no answer came' }
            : { kind: 'protected', by: 'parent', because: 'an index lists it now' },
        );
      },
    });
    await runToEnd(refusing, armed);
    expect(sent).toBe(2);
    expect(reportIn(store).applied?.exceptions).toMatchObject([
      { result: 'uncertain', because: 'an index lists it now' },
    ]);
  });

  test('is uncertain also if somebody changes the artifact meanwhile', async () => {
    const own = lateWorld();
    const tagged = withCalls(own, {
      deleteArtifact: async (place, digest) => {
        harbor.seed.moveTag({ ...place, tag: 'keep-me', to: digest });
        return await own.changes.writer.deleteArtifact(place, digest);
      },
    });
    await runToEnd(tagged, armed);
    expect(reportIn(store).applied?.exceptions).toMatchObject([
      { result: 'uncertain', because: 'tag keep-me was put on it' },
    ]);
  });
});

describe('what was left uncertain is looked at again by later runs:', () => {
  const lost = () => {
    const own = world();
    return withCalls(own, {
      deleteArtifact: () => Promise.resolve({ kind: 'lost', because: 'no answer came' }),
    });
  };
  const at = { project: 'team', repository: 'api' };
  const night = async (runId: string) => {
    await runToEnd(world(), { ...armed, runId });
    return reportIn(store);
  };
  const open = (): number => {
    const key = memoryKey(harbor, 'uncertain.json');
    return (JSON.parse(store.texts.get(key) ?? '') as { open: unknown[] }).open.length;
  };

  test('what Harbor did in the end is done, with its day; report, records and restore say so', async () => {
    await runToEnd(lost(), armed);
    expect(open()).toBe(1);
    await world().changes.writer.deleteArtifact(at, victim.digest);
    harbor.clock.advance(day);
    const { warnings } = await night('2026-11-22T033000Z');
    expect(warnings.filter(({ code }) => code === 'uncertain-settled')).toMatchObject([
      {
        on: 'team/api',
        message: expect.stringContaining('it was done.'),
        remedy: expect.stringMatching(/restore 2026-11-21T033000Z.*until 20/),
      },
    ]);
    expect(open()).toBe(0);
    const { runs } = JSON.parse(
      store.texts.get(memoryKey(harbor, 'history.json')) ?? '',
    ) as RunHistory;
    expect(runs[0]).toMatchObject({ runId: armed.runId, deletedArtifacts: 1 });
    expect([isThere(), await restored()]).toEqual([false, true]);
    const again = await night('2026-11-23T033000Z');
    expect(again.warnings.filter(({ code }) => code === 'uncertain-settled')).toEqual([]);
  });

  test('what Harbor never did is planned again, and not before an hour has passed', async () => {
    await runToEnd(lost(), armed);
    harbor.clock.advance(day);
    await runToEnd(lost(), { ...armed, runId: '2026-11-22T033000Z' });
    const { warnings, applied } = reportIn(store);
    const message = expect.stringContaining('it was not');
    expect(warnings).toMatchObject([{ code: 'uncertain-settled', message }]);
    expect(applied?.results).toEqual({ uncertain: 1 });
    expect(open()).toBe(1);
  });

  test('in the very run that sent it, if Harbor has done it by then: its own report counts it', async () => {
    const own = world();
    let sent = 0;
    const slow = withCalls(own, {
      deleteArtifact: async (place, digest) => {
        sent += 1;
        return await Promise.resolve({
          kind: 'lost',
          because: `no answer came to ${place.project} ${digest}`,
        });
      },
      listPushedSince: async (place, since) => {
        // Harbor commits while the run heals.
        if (sent > 0) await own.changes.writer.deleteArtifact(at, victim.digest);
        return await own.changes.inspector.listPushedSince(place, since);
      },
    });
    await runToEnd(slow, armed);
    expect(reportIn(store).applied).toMatchObject({ deleted: 1, results: { done: 1 } });
    expect([isThere(), await restored()]).toEqual([false, true]);
  });

  const settledIn = ({
    warnings,
  }: {
    readonly warnings: readonly { code: string; message: string }[];
  }) => warnings.flatMap(({ code, message }) => (code === 'uncertain-settled' ? [message] : []));
  const pushAgain = () =>
    harbor.seed.push({ ...at, digest: victim.digest, tags: ['mine'], size: 1_000 });

  test('a digest that Harbor deleted and somebody pushed again was deleted, and the new push stays', async () => {
    await runToEnd(lost(), armed);
    await world().changes.writer.deleteArtifact(at, victim.digest);
    pushAgain();
    harbor.clock.advance(day);
    const report = await night('2026-11-22T033000Z');
    expect(settledIn(report)).toEqual([expect.stringContaining('it was done.')]);
    expect(open()).toBe(0);
    const tags = () => harbor.state.tags('team', 'api').map(({ name }) => name);
    expect(tags()).toEqual(expect.arrayContaining(['mine', 'v1']));
    // What its copy has besides comes back to the new push: nothing of that is moved.
    expect([await restored(), tags().toSorted()]).toEqual([true, ['ci-1', 'mine', 'v1']]);
  });

  test('a digest that Harbor never deleted was not, though somebody pushed it again', async () => {
    await runToEnd(lost(), armed);
    harbor.clock.advance(2 * 3_600_000);
    harbor.seed.moveTag({ ...at, tag: 'mine', to: victim.digest });
    const report = await night('2026-11-22T033000Z');
    expect(settledIn(report)).toEqual([expect.stringContaining('it was not')]);
    expect(isThere()).toBe(true);
  });

  test('a tag that somebody put again since is not said to have stayed', async () => {
    harbor.seed.moveTag({ ...at, tag: 'release', to: victim.digest });
    harbor.clock.advance(40 * day);
    const silent = withCalls(world(), {
      removeTag: () => Promise.resolve({ kind: 'lost', because: 'no answer came' }),
    });
    await runToEnd(silent, armed);
    expect(open()).toBe(1);
    await world().changes.writer.removeTag({ ...at, digest: victim.digest }, 'ci-1');
    harbor.clock.advance(1_000);
    harbor.seed.moveTag({ ...at, tag: 'ci-1', to: victim.digest });
    const early = await night('2026-11-22T033000Z');
    expect([settledIn(early), open()]).toEqual([[], 1]);
    harbor.clock.advance(day);
    const report = await night('2026-11-23T033000Z');
    expect(settledIn(report)).toEqual([
      expect.stringContaining('is there, put there again by somebody since'),
    ]);
    expect(harbor.state.tags('team', 'api').map(({ name }) => name)).toContain('ci-1');
  });

  test('with reads alone, and a Harbor that can’t be asked leaves it open', async () => {
    await runToEnd(lost(), armed);
    await world().changes.writer.deleteArtifact(at, victim.digest);
    harbor.clock.advance(day);
    const own = world();
    const blind = withCalls(own, {
      readArtifact: () =>
        Promise.reject(new RetentionError('harbor-unreachable', 'nobody answers')),
    });
    await runToEnd(blind, { ...armed, runId: '2026-11-22T033000Z' });
    expect(open()).toBe(1);
  });
});

test('a tag whose removal was sent, and never answered, is uncertain', async () => {
  harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'v2', to: victim.digest });
  harbor.clock.advance(40 * day);
  const silent = withCalls(world(), {
    removeTag: () => Promise.resolve({ kind: 'lost', because: 'no answer came' }),
  });
  await runToEnd(silent, armed);
  expect(reportIn(store).applied?.results).toEqual({ uncertain: 1 });
});

describe('directly before an original goes its copy is read again, and it stays', () => {
  const trash = { project: 'retention-trash', repository: 'team/api' };

  test.each([
    [
      'if somebody deletes the copy',
      () => world().changes.writer.deleteArtifact(trash, victim.digest),
    ],
    [
      'if somebody takes its name',
      async () => {
        const at = { ...trash, digest: victim.digest };
        const tag = `${victim.digest.slice(7, 19)}.ci-1`;
        await world().changes.writer.createTag(at, 'another');
        return await world().changes.writer.removeTag(at, tag);
      },
    ],
  ])('%s', async (_, disturb) => {
    const own = world();
    const name = `${victim.digest.slice(7, 19)}.ci-1`;
    const isNamed = (): boolean =>
      harbor.state.tags(trash.project, trash.repository).some((tag) => tag.name === name);
    let isDisturbed = false;
    const disturbed = withCalls(own, {
      readArtifact: async (place, digest) => {
        const now = await own.changes.inspector.readArtifact(place, digest);
        // The last look at the original: after it only the copy is read.
        if (place.project === 'team' && !isDisturbed && isNamed()) {
          isDisturbed = true;
          await disturb();
        }
        return now;
      },
    });
    await runToEnd(disturbed, armed);
    expect(isThere()).toBe(true);
    expect(reportIn(store).applied?.results).toEqual({ failed: 1 });
  });
});
