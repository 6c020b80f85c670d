// Somebody works in the trash while an image is copied there, renamed and deleted: at every request, in every way.
import { describe, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import type { DeleteArtifact } from '../../functions/domain/action.ts';
import { formerTag, restoredTag, trashTag } from '../../functions/domain/trash.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { deletionOf } from '../support/deletion.ts';

const day = 86_400_000;
const runId = '2026-11-21T033000Z';
const copies = { project: 'trash', repository: 'team/api' };

interface Scene {
  readonly harbor: EmbeddedHarbor;
  readonly action: DeleteArtifact;
}
type Act = (scene: Scene) => unknown;

const target = ({ action }: Scene) => ({ ...copies, digest: action.digest });
const isThere = ({ harbor, action }: Scene, place: { project: string; repository: string }) =>
  harbor.state
    .artifacts(place.project, place.repository)
    .some(({ digest }) => digest === action.digest);
const tagsOf = ({ harbor }: Scene, digest: string): readonly string[] =>
  harbor.state
    .artifacts(copies.project, copies.repository)
    .filter((one) => one.digest === digest)
    .flatMap(({ tags }) => tags);
const tagCopy = (scene: Scene, tag: string, digest = scene.action.digest): void => {
  const known = scene.harbor.state.artifacts(copies.project, copies.repository);
  if (known.some((one) => one.digest === digest))
    scene.harbor.seed.moveTag({ ...copies, tag, to: digest });
};

const strangers: Readonly<Record<string, Act>> = {
  'puts a tag on the copy': (scene) => tagCopy(scene, 'latest'),
  'puts a tag on the signature of the copy': (scene) =>
    tagCopy(scene, 'signed', scene.action.accessories[0] ?? ''),
  'puts the mark of a restore on the copy': (scene) =>
    tagCopy(scene, restoredTag(scene.action.digest)),
  'takes a name from the copy': (scene) =>
    applyPortsOn(scene.harbor).harbor.removeTag(target(scene), trashTag(scene.action.digest, 'v1')),
  'deletes the copy': (scene) =>
    applyPortsOn(scene.harbor).harbor.deleteArtifact(copies, scene.action.digest),
  'takes the name of the copy for another image': ({ harbor, action }) =>
    harbor.seed.push({ ...copies, tags: [trashTag(action.digest, 'v1')], size: 3 }),
};

/** What lies in the trash already. */
const before: Readonly<Record<string, Act>> = {
  nothing: () => undefined,
  'a copy under its names': async (scene) => {
    await copyNow(scene);
    for (const tag of ['v1', 'v2']) {
      tagCopy(scene, trashTag(scene.action.digest, tag));
      await applyPortsOn(scene.harbor).harbor.removeTag(target(scene), tag);
    }
  },
  'a copy that was restored': async (scene) => {
    await before['a copy under its names']?.(scene);
    tagCopy(scene, restoredTag(scene.action.digest));
  },
  'a copy of which one tag was renamed': async (scene) => {
    await copyNow(scene);
    tagCopy(scene, trashTag(scene.action.digest, 'v1'));
  },
  'a copy under another name': async (scene) => {
    await copyNow(scene);
    tagCopy(scene, trashTag(scene.action.digest, 'before'));
    for (const tag of ['v1', 'v2'])
      await applyPortsOn(scene.harbor).harbor.removeTag(target(scene), tag);
  },
};

const copyNow = async ({ harbor, action }: Scene): Promise<void> => {
  await applyPortsOn(harbor).harbor.copyArtifact(action, copies);
};

async function scene(lies: Act, platforms = 0): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash', { public: false });
  const { digest } = harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['v1', 'v2'],
    pushedAt: harbor.clock.now() - 90 * day,
    accessories: [{ type: 'signature.cosign' }],
    ...(platforms === 0 ? {} : { platforms }),
  });
  const action = await deletionOf(harbor, { project: 'team', repository: 'api', digest });
  await lies({ harbor, action });
  harbor.clock.advance(10 * day);
  return { harbor, action };
}

/** Deletes, and lets somebody act before the request of this number. The calls are those that were sent, in order. */
async function deleteBeside(
  own: Scene,
  act: Act,
  isMoment: (number: number, call: string) => boolean,
) {
  const calls: string[] = [];
  const ports = applyPortsOn(own.harbor);
  const harbor = new Proxy(ports.harbor, {
    get: (inner, key, receiver) => {
      const call: unknown = Reflect.get(inner, key, receiver);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]): Promise<unknown> => {
        calls.push(String(key));
        if (isMoment(calls.length, String(key))) await act(own);
        return await (Reflect.apply(call, inner, args) as Promise<unknown>);
      };
    },
  });
  const outcome = await deleteArtifact(own.action, {
    ports: { ...ports, harbor },
    undo: { kind: 'trash', project: 'trash', keepFor: 14 * day },
    runId,
    isResumed: false,
  });
  return { ...outcome, calls };
}

/** The copy with its signature, under exactly these names and no others in the whole family. */
function expectWholeCopy(own: Scene): void {
  const { action } = own;
  const there = tagsOf(own, action.digest);
  for (const tag of ['v1', 'v2']) expect(there).toContain(trashTag(action.digest, tag));
  expect(there).not.toContain(restoredTag(action.digest));
  for (const { digest, tags } of own.harbor.state.artifacts(copies.project, copies.repository)) {
    const foreign = tags.filter((name) => formerTag(digest, name).kind === 'foreign');
    const isKin = digest === action.digest || action.accessories.includes(digest);
    expect(isKin ? foreign : []).toEqual([]);
  }
  for (const digest of action.accessories) expect(tagsOfThere(own)).toContain(digest);
}
const tagsOfThere = ({ harbor }: Scene): readonly string[] =>
  harbor.state.artifacts(copies.project, copies.repository).map(({ digest }) => digest);

describe.each(Object.entries(before))('where %s lies in the trash', (_, lies) => {
  test('the copy ends whole, under its names, and newer than the day on which it came', async () => {
    const own = await scene(lies);
    const at = own.harbor.clock.now();
    const ended = await deleteBeside(
      own,
      () => undefined,
      () => false,
    );
    expect(ended.result).toBe('done');
    expect(isThere(own, own.action)).toBe(false);
    expectWholeCopy(own);
    const names = tagsOf(own, own.action.digest);
    const times = own.harbor.state
      .tags(copies.project, copies.repository)
      .filter(({ name }) => names.includes(name))
      .map(({ pushedAt }) => pushedAt);
    expect(Math.max(...times)).toBeGreaterThanOrEqual(at);
    await own.harbor.close();
  });

  test.each(Object.entries(strangers))(
    'and somebody %s: the original goes only if the last look found its copy whole',
    async (__, act) => {
      const ends = new Set<string>();
      for (let number = 1; ; number += 1) {
        const own = await scene(lies);
        const ended = await deleteBeside(own, act, (now) => now === number);
        const moment = ended.calls[number - 1] ?? '';
        ends.add(ended.result);
        if (ended.result !== 'done') {
          const [original] = own.harbor.state.artifacts('team', 'api');
          expect(original?.tags.toSorted()).toEqual(['v1', 'v2']);
        } else if (moment !== 'deleteArtifact' && !isReadOfCopy(ended.calls, number)) {
          expectWholeCopy(own);
        }
        await own.harbor.close();
        if (number > ended.calls.length) break;
      }
      expect(ends).toContain('done');
    },
  );
});

/** Whether the request of this number belongs to the last look at the copy: it may have seen its part before. */
function isReadOfCopy(calls: readonly string[], number: number): boolean {
  const deletion = calls.lastIndexOf('deleteArtifact') + 1;
  return number === deletion - 1 && calls[number - 1] === 'readMembers';
}

test('somebody who tags the copy before every request keeps the original where it is', async () => {
  const own = await scene(() => undefined);
  let count = 0;
  const ended = await deleteBeside(
    own,
    (around) => tagCopy(around, `mine-${(count += 1)}`),
    () => true,
  );
  expect(ended.result).toBe('failed');
  expect(isThere(own, own.action)).toBe(true);
  await own.harbor.close();
});

test('a copy whose original stays keeps no name that would move a tag, and no mark that prolongs it', async () => {
  const own = await scene(before['a copy under its names'] ?? (() => undefined));
  const ended = await deleteBeside(
    own,
    ({ harbor, action }) =>
      harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'new', to: action.digest }),
    (_, call) => call === 'copyArtifact',
  );
  expect(ended).toMatchObject({ result: 'changed', what: 'tag new was put on it' });
  expect(tagsOf(own, own.action.digest)).toEqual(
    ['v1', 'v2'].map((tag) => trashTag(own.action.digest, tag)),
  );
  await own.harbor.close();
});

test('a tagged child that stays where it is comes along, and gets a name of the trash', async () => {
  const own = await scene(() => undefined, 2);
  const child = own.action.children[0] ?? '';
  own.harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'amd64', to: child });
  const action = await deletionOf(own.harbor, own.action);
  const ended = await deleteBeside(
    { ...own, action },
    () => undefined,
    () => false,
  );
  expect(ended.result).toBe('done');
  expect(tagsOf(own, child)).toEqual([trashTag(child, 'amd64')]);
  await own.harbor.close();
});
