import { isDeepStrictEqual } from 'node:util';
import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import type { MemoryStore } from './memory-store.ts';
import { type Moment, passing } from './other-actors.ts';
import type { TestWorld } from './run-world.ts';

/**
 * Which moments of a run need a run of their own, beside somebody who acts once.
 *
 * Acting before a call or before the next one is the same thing if the call changes nothing and answers the same
 * whether or not somebody has acted. Each call is asked twice to find that out: in an undisturbed run, and of a second
 * Harbor that takes over what the first one knew at that moment, after the actor has acted there. Whatever is not
 * proved to be the same has a run of its own.
 */

/** What a call was sent to, and what came back. */
export interface Glimpse {
  readonly moment: Moment;
  readonly args: readonly unknown[];
  /** What Harbor knew before the call; undefined if something was still to become due there. */
  readonly known: Uint8Array | undefined;
  /** What the store held before the call. */
  readonly store: MemoryStore;
  readonly answer: Answer;
  /** How often the run had looked at a clock before the call. */
  readonly looks: number;
}

type Answer = { readonly value: unknown } | { readonly error: string };

const answerOf = (sent: Promise<unknown>): Promise<Answer> =>
  sent.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: String(error) }),
  );

/** The same world, whose calls are noted with all that was known before them. */
export function glimpsing(
  world: TestWorld,
  { harbor, into }: { readonly harbor: EmbeddedHarbor; readonly into: Glimpse[] },
): TestWorld {
  let looks = 0;
  const looking = <T>(time: T): T => {
    looks += 1;
    return time;
  };
  const timed: TestWorld = {
    ...world,
    clock: { now: () => looking(world.clock.now()) },
    stopwatch: { ...world.stopwatch, elapsed: () => looking(world.stopwatch.elapsed()) },
  };
  return passing(timed, async (moment, { args, send }) => {
    const before = { moment, args, looks, known: harbor.photograph(), store: world.store.copy() };
    const place = into.length;
    into.push({ ...before, answer: { error: 'it was not answered' } });
    const sent = send();
    into[place] = { ...before, answer: await answerOf(sent) };
    return await sent;
  });
}

/** A second Harbor, on which an actor acts without disturbing anybody. */
export interface Stage {
  readonly harbor: EmbeddedHarbor;
  /** A new process around that Harbor and this store. */
  readonly worldOf: (store: MemoryStore) => TestWorld;
  readonly act: (store: MemoryStore) => Promise<void>;
  /** Whether the actor looks into the store: then what lies there must be the same, too. */
  readonly usesStore: boolean;
}

/**
 * The numbers of the moments that have a run of their own: all but those that are proved to be the same as the one after
 * them. `EVERY_MOMENT=1` proves nothing and names them all.
 */
export async function momentsThatDiffer(
  glimpses: readonly Glimpse[],
  stage: Stage,
): Promise<ReadonlySet<number>> {
  const met = glimpses.filter(({ moment }) => stage.usesStore || moment.port !== 'store');
  const isEvery = process.env['EVERY_MOMENT'] !== undefined;
  const numbers = new Set<number>();
  for (const [index, glimpse] of met.entries()) {
    const next = isEvery ? undefined : met[index + 1];
    const isSame = next !== undefined && (await isSameAs(next, glimpse, stage));
    if (!isSame) numbers.add(glimpse.moment.number);
  }
  return numbers;
}

async function isSameAs(next: Glimpse, glimpse: Glimpse, stage: Stage): Promise<boolean> {
  const { known, moment, answer } = glimpse;
  if (known === undefined || !isRead(moment) || !isUnchanged(glimpse, next, stage)) return false;
  const { harbor } = stage;
  await harbor.become(known);
  const store = glimpse.store.copy();
  const time = harbor.clock.now();
  await stage.act(store);
  if (harbor.photograph() === undefined) return false;
  // What a run makes of the time is seen by no call.
  if (harbor.clock.now() !== time && glimpse.looks !== next.looks) return false;
  const world = stage.worldOf(store);
  // What a reader asks for depends on the version.
  if (moment.port === 'harbor') await world.harbor.identify();
  return isDeepStrictEqual(await answerOf(sentBy(world, glimpse)), answer);
}

const isRead = ({ port, call }: Moment): boolean =>
  port === 'store' ? /^(read|list)$/.test(call) : port === 'harbor' || port === 'inspector';

function isUnchanged(glimpse: Glimpse, next: Glimpse, { usesStore }: Stage): boolean {
  const [before, after] = [glimpse.known, next.known];
  if (before === undefined || after === undefined || Buffer.compare(before, after) !== 0)
    return false;
  return (
    !usesStore ||
    (isDeepStrictEqual(glimpse.store.texts, next.store.texts) &&
      isDeepStrictEqual(glimpse.store.parts, next.store.parts))
  );
}

function sentBy(
  { harbor, changes, store }: TestWorld,
  { moment, args }: Glimpse,
): Promise<unknown> {
  const ports: Readonly<Record<string, object>> = { harbor, inspector: changes.inspector, store };
  const port = ports[moment.port] ?? {};
  const call = Reflect.get(port, moment.call) as (...given: readonly unknown[]) => Promise<unknown>;
  return Reflect.apply(call, port, args);
}
