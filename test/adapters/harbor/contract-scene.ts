import { connectHarbor } from '../../../functions/adapters/harbor/index.ts';
import type { ProjectHead } from '../../../functions/ports.ts';
import {
  type Access,
  harborPusher,
  type Pushed,
  type Pusher,
} from '../../support/harbor-pusher.ts';
import { type WholeHarbor, wholeOf } from '../../support/whole-harbor.ts';

/** A Harbor to hold the client against. */
export interface ContractTarget extends Access {
  readonly close: () => Promise<void>;
  /** Lets so many milliseconds pass in Harbor; absent where only real time passes. */
  readonly passTime?: (ms: number) => void;
}

export const clock = { now: () => Date.now() };

/** Everything that the suite needs is made once, in projects of its own. */
export interface Scene {
  readonly target: ContractTarget;
  readonly pusher: Pusher;
  readonly harbor: WholeHarbor;
  readonly source: ProjectHead;
  readonly trash: ProjectHead;
  readonly since: number;
  readonly image: Pushed;
  readonly untagged: Pushed;
  readonly children: readonly Pushed[];
  readonly index: Pushed;
  readonly signature: Pushed;
  readonly labelId: number;
  /** Untagged children of an index, more than a page; the first is pulled. */
  readonly wide: readonly Pushed[];
}

/** More than a page. */
export const many = 104;

/** @throws after cleaning up */
export async function makeScene(target: ContractTarget): Promise<Scene> {
  const pusher = harborPusher(target);
  try {
    return await filled(target, pusher);
  } catch (error) {
    await pusher.cleanUp();
    await target.close();
    throw error;
  }
}

async function filled(target: ContractTarget, pusher: Pusher): Promise<Scene> {
  const harbor = wholeOf(connectHarbor(target, clock));
  const facts = await harbor.identify();
  const since = (facts.currentTime === 'unknown' ? facts.measuredAt : facts.currentTime) - 60_000;
  const source = await pusher.project('source');
  const trash = await pusher.project('trash');
  const into = `${source.name}/app`;
  const image = await pusher.image({ into, tag: 'v1', name: 'image' });
  const labelId = await pusher.label('audited', source.id);
  await pusher.request(
    'POST',
    `/projects/${source.name}/repositories/app/artifacts/${image.digest}/labels`,
    { id: labelId },
  );
  const untagged = await pusher.image({ into, name: 'untagged' });
  const nested = `${source.name}/deep/er`;
  const children = [
    await pusher.image({ into: nested, name: 'child one' }),
    await pusher.image({ into: nested, name: 'child two' }),
  ];
  const index = await pusher.index({ into: nested, tag: 'multi', name: 'index' }, children);
  const signature = await pusher.image({ into: nested, name: 'signature', subject: index });
  const wide: Pushed[] = [];
  for (let number = 0; number < many; number += 1)
    wide.push(await pusher.image({ into: `${source.name}/wide`, name: `part ${number}` }));
  await pusher.index({ into: `${source.name}/wide`, tag: 'wide', name: 'wide' }, wide);
  for (let number = 0; number < many; number += 1) {
    await pusher.image({
      into: `${source.name}/many`,
      tag: `t${number}`,
      name: `number ${number}`,
    });
  }
  const heads = await harbor.listProjects();
  const headOf = (name: string): ProjectHead => {
    const head = heads.find((one) => one.name === name);
    if (head === undefined) throw new Error(`${name} is not listed`);
    return head;
  };
  return {
    target,
    pusher,
    harbor,
    since,
    image,
    untagged,
    children,
    index,
    signature,
    labelId,
    wide,
    source: headOf(source.name),
    trash: headOf(trash.name),
  };
}
