// Somebody works in the trash, or where an image comes back, while it is restored: at every request, in every way.
import { describe, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { restoreItem } from '../../functions/apply/restore.ts';
import { formerTag, restoredTag, trashTag } from '../../functions/domain/trash.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { deletionOf } from '../support/deletion.ts';

const day = 86_400_000;
const place = { project: 'team', repository: 'api' };
const trash = { project: 'trash', repository: 'team/api' };

interface Scene {
  readonly harbor: EmbeddedHarbor;
  readonly digest: string;
  readonly signature: string;
  /** An image that was there all along, under the tag `stays`. */
  readonly other: string;
  readonly item: Parameters<typeof restoreItem>[0];
}

async function scene(): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash', { public: false });
  const pushedAt = harbor.clock.now() - 90 * day;
  const accessories = [{ type: 'signature.cosign' }] as const;
  const { digest } = harbor.seed.push({ ...place, tags: ['v1', 'v2'], pushedAt, accessories });
  const { digest: other } = harbor.seed.push({ ...place, tags: ['stays'], size: 3 });
  const action = await deletionOf(harbor, { ...place, digest });
  const undo = { kind: 'trash', project: 'trash', keepFor: 14 * day } as const;
  const ports = applyPortsOn(harbor);
  await deleteArtifact(action, { ports, undo, runId: 'a-run', isResumed: false });
  const item = {
    kind: 'artifact',
    place,
    digest,
    tags: ['v1', 'v2'],
    labels: [],
    trash,
    unnamed: [],
    proof: 'plan',
    artifactId: action.artifactId,
    mayBeGone: true,
    isUncertain: false,
  } as const;
  return { harbor, digest, signature: action.accessories[0] ?? '', other, item };
}

const tagCopy = ({ harbor }: Scene, tag: string, digest: string): void => {
  const isThere = harbor.state
    .artifacts(trash.project, trash.repository)
    .some((one) => one.digest === digest);
  if (isThere) harbor.seed.moveTag({ ...trash, tag, to: digest });
};

const strangers: Readonly<Record<string, (scene: Scene) => unknown>> = {
  'pushes another image under its tag': ({ harbor }) =>
    harbor.seed.push({ ...place, tags: ['v1'], size: 77 }),
  'pushes the same image again': ({ harbor, digest }) =>
    harbor.seed.push({ ...place, tags: ['v1'], digest }),
  'puts a name of another image on the copy': (around) => tagCopy(around, 'stays', around.digest),
  'puts a name of another image on the signature of the copy': (around) =>
    tagCopy(around, 'stays', around.signature),
  'puts a name of the trash on the copy': (around) =>
    tagCopy(around, trashTag(around.digest, 'mine'), around.digest),
  'deletes the copy': ({ harbor, digest }) =>
    applyPortsOn(harbor).harbor.deleteArtifact(trash, digest),
  'deletes the image again': ({ harbor, digest }) =>
    applyPortsOn(harbor).harbor.deleteArtifact(place, digest),
};

/** Restores, and lets somebody act before the request of this number. The calls are those that were sent, in order. */
async function restoreBeside(own: Scene, act: (scene: Scene) => unknown, number: number) {
  const calls: string[] = [];
  const ports = applyPortsOn(own.harbor);
  const harbor = new Proxy(ports.harbor, {
    get: (inner, key, receiver) => {
      const call: unknown = Reflect.get(inner, key, receiver);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]): Promise<unknown> => {
        calls.push(String(key));
        if (calls.length === number) await act(own);
        return await (Reflect.apply(call, inner, args) as Promise<unknown>);
      };
    },
  });
  const restored = await restoreItem(own.item, {
    ports: { ...ports, harbor },
    labels: new Map(),
  });
  return { ...restored, calls };
}

/** Between the last look at the copy and the copying itself nothing can be seen: Harbor copies whatever tags are there. */
function isUnseen(calls: readonly string[], number: number): boolean {
  const copied = calls.indexOf('copyArtifact') + 1;
  // The signature is read after the image, so that a tag on the image may come unseen in between.
  return number === copied || number === copied - 1;
}

describe.each(Object.entries(strangers))('while somebody %s', (name, act) => {
  test('no tag leaves another image, and what counts as restored is whole', async () => {
    const ends = new Set<string>();
    for (let number = 1; ; number += 1) {
      const own = await scene();
      const { harbor, digest } = own;
      const { result, step, calls } = await restoreBeside(own, act, number);
      ends.add(result);
      const tags = new Map(
        harbor.state.tags(place.project, place.repository).map((tag) => [tag.name, tag.digest]),
      );
      if (!name.includes('of another image') || !isUnseen(calls, number))
        expect(tags.get('stays')).toBe(own.other);
      // After the last look nobody can know.
      const wasDeleted =
        name === 'deletes the image again' && number > calls.lastIndexOf('readArtifact') + 1;
      if (result === 'restored' && !wasDeleted) {
        // Whoever pushes under the tag of an image that is back moves it, as pushing does.
        const mayMove = name === 'pushes another image under its tag' ? ['v1'] : [];
        for (const tag of ['v1', 'v2'])
          expect(mayMove.includes(tag) || tags.get(tag) === digest).toBe(true);
        for (const { tag, by } of step.taken) expect(tags.get(tag)).toBe(by);
        const isOfTrash = ([tag, on]: readonly [string, string]): boolean =>
          formerTag(on, tag).kind !== 'foreign';
        expect([...tags].filter(isOfTrash)).toEqual([]);
        const copy = harbor.state
          .artifacts(trash.project, trash.repository)
          .find((one) => one.digest === digest);
        if (copy !== undefined) expect(copy.tags).toContain(restoredTag(digest));
      }
      await harbor.close();
      if (number > calls.length) break;
    }
    expect(ends).toContain('restored');
  });
});
