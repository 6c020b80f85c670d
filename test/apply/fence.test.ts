import { describe, expect, test } from '@jest/globals';
import { fencedGarbage, fencedWriter } from '../../functions/apply/fence.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { HarborGarbage, HarborWriter } from '../../functions/ports.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { changesOn } from '../support/apply-ports.ts';

/** Every method of a port, whatever it is called, notes that it was reached. */
function noting(reached: string[]): object {
  const answer = (name: string) => () => {
    reached.push(name);
    return Promise.resolve({ kind: 'done' });
  };
  return new Proxy({}, { get: (_, key) => answer(String(key)) });
}

const lost = (): Promise<void> =>
  Promise.reject(new RetentionError('lease-held', 'somebody else has it'));

describe('a writer behind a fence', () => {
  const names = async (): Promise<readonly string[]> => {
    const harbor = await startHarbor();
    await harbor.close();
    return Object.keys(changesOn(harbor).writer);
  };

  test('sends nothing once the lease is lost, with any of its methods', async () => {
    const reached: string[] = [];
    const writer = fencedWriter(noting(reached) as HarborWriter, lost);
    const methods = Object.entries(writer) as [string, () => Promise<unknown>][];
    expect(methods.map(([name]) => name).toSorted()).toEqual((await names()).toSorted());
    for (const [, send] of methods)
      await expect(send()).rejects.toMatchObject({ code: 'lease-held' });
    expect(reached).toEqual([]);
  });

  test('asks before each write, and then sends it once', async () => {
    const reached: string[] = [];
    const fence = (): Promise<void> => Promise.resolve(void reached.push('fence'));
    const writer = fencedWriter(noting(reached) as HarborWriter, fence);
    const methods = Object.entries(writer) as [string, () => Promise<unknown>][];
    for (const [, send] of methods) await send();
    expect(reached).toEqual(methods.flatMap(([name]) => ['fence', name]));
  });
});

test('garbage collection is started only behind the fence; looking needs none', async () => {
  const reached: string[] = [];
  const bare = noting(reached) as HarborGarbage;
  const garbage = fencedGarbage(
    {
      listCollections: () => bare.listCollections(),
      readCollection: (id) => bare.readCollection(id),
      confirmReadable: (id) => bare.confirmReadable(id),
      startCollection: (how) => bare.startCollection(how),
    },
    lost,
  );
  await garbage.listCollections();
  await garbage.readCollection(1);
  await garbage.confirmReadable(1);
  await expect(garbage.startCollection({ dryRun: false, workers: 1 })).rejects.toMatchObject({
    code: 'lease-held',
  });
  expect(reached).toEqual(['listCollections', 'readCollection', 'confirmReadable']);
});
