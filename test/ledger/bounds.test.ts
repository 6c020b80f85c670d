import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { BlobLine } from '../../functions/ledger/blob-line.ts';
import { addSums, type BlobSums, leaves, sumBlobs } from '../../functions/ledger/blob-sums.ts';
import { joinRows, keyOf, type Manifest, shareOf } from '../../functions/ledger/manifest.ts';
import { type ByteRange, nothingUnknown, rangeOf } from '../../functions/ledger/range.ts';
import { roles, type ScopeName, scopeNames } from '../../functions/ledger/role.ts';
import { type AllUnknowns, sumUnknowns } from '../../functions/ledger/unknowns.ts';

const trash = 3;
const projects = [0, 1, 2];

interface Image {
  /** Of a pool of blobs. */
  readonly blobs: readonly number[];
  readonly places: readonly { readonly project: number; readonly role: number }[];
  /** Bytes by which its size exceeds what it is made of. */
  readonly slack: number;
  readonly isKnown: boolean;
}

const sizeOf = (blob: number): number => ((blob * 7_919) % 900) + 1;
const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;
const blobDigests = Array.from({ length: 30 }, (_, blob) => digestOf(`blob ${blob}`));

const place = fc.oneof(
  fc.record({
    project: fc.constantFrom(...projects),
    role: fc.constantFrom(roles.stays, roles.goes),
  }),
  fc.record({
    project: fc.constant(trash),
    role: fc.constantFrom(roles.waits, roles.due, roles.foreign),
  }),
);

const image: fc.Arbitrary<Image> = fc.record({
  blobs: fc.uniqueArray(fc.nat(29), { maxLength: 6 }),
  places: fc.array(place, { minLength: 1, maxLength: 3 }),
  slack: fc.constantFrom(0, 0, 50, 1_000),
  isKnown: fc.boolean(),
});

interface Read {
  readonly manifest: Manifest;
  readonly line: BlobLine;
  readonly isKnown: boolean;
}

/** As the steps see a registry: rows joined by digest, lines of blobs beside them. */
function readAll(images: readonly Image[]): readonly Read[] {
  const { add, manifests } = joinRows();
  return images
    .map(({ blobs, places, slack, isKnown }, number) => {
      const digest = digestOf(`manifest ${number}`);
      const own = 100 + number;
      let cap = own + slack;
      for (const blob of blobs) cap += sizeOf(blob);
      for (const { project, role } of places) add([digest, cap, role, project, number]);
      const line = blobs.flatMap((blob) => [keyOf(blobDigests[blob] ?? ''), sizeOf(blob)]);
      return { digest, isKnown, line: [keyOf(digest), own, ...line] };
    })
    .flatMap(({ digest, isKnown, line }) => {
      const manifest = manifests.get(keyOf(digest));
      return manifest === undefined ? [] : [{ manifest, line, isKnown }];
    });
}

function sumsOf(read: readonly Read[], unknowns: AllUnknowns, turns: number): BlobSums {
  let sums = sumBlobs(() => false).total(unknowns);
  for (let turn = 0; turn < turns; turn += 1) {
    const blobs = sumBlobs((key) => shareOf(key, turns) === turn);
    for (const { manifest, line } of read) if (leaves(manifest)) blobs.add(manifest, line);
    for (const { manifest, line } of read) if (!leaves(manifest)) blobs.strike(manifest, line);
    sums = addSums(sums, blobs.total(unknowns));
  }
  return sums;
}

/** Every figure, by its name. */
function figuresOf(
  read: readonly Read[],
  unlisted: readonly number[] = [],
  turns = 1,
): ReadonlyMap<string, ByteRange> {
  const unread = sumUnknowns(new Set(unlisted), trash);
  for (const { manifest, isKnown } of read) if (!isKnown) unread.add(manifest);
  const unknowns = unread.total();
  const sums = sumsOf(
    read.filter(({ isKnown }) => isKnown),
    unknowns,
    turns,
  );
  return new Map([
    ...scopeNames.map((name): [string, ByteRange] => [
      name,
      rangeOf(sums.scopes[name], unknowns.scopes[name]),
    ]),
    ...projects.map((project): [string, ByteRange] => [
      `project ${project}`,
      rangeOf(
        sums.projects.get(project) ?? { small: 0, large: 0 },
        unknowns.projects.get(project) ?? nothingUnknown,
      ),
    ]),
  ]);
}

type Predicate = (place: Image['places'][number]) => boolean;

/** The plain way: all blobs of what goes, less all blobs of what stays. */
function plainly(images: readonly Image[], goes: Predicate, stays: Predicate): number {
  const blobsOf = (wanted: Predicate): Set<string> =>
    new Set(
      images.flatMap(({ blobs, places }, number) =>
        places.some(wanted) ? [`m${number}`, ...blobs.map(String)] : [],
      ),
    );
  const kept = blobsOf(stays);
  let bytes = 0;
  for (const blob of blobsOf(goes)) {
    if (kept.has(blob)) continue;
    bytes += blob.startsWith('m') ? 100 + Number(blob.slice(1)) : sizeOf(Number(blob));
  }
  return bytes;
}

const is =
  (...wanted: number[]): Predicate =>
  ({ role }) =>
    wanted.includes(role);

function truths(images: readonly Image[]): ReadonlyMap<string, number> {
  const { stays, goes, waits, due, foreign } = roles;
  const plain: Readonly<Record<ScopeName, number>> = {
    storage: plainly(images, is(goes), is(stays, foreign)),
    now: plainly(images, is(due), is(stays, goes, waits, foreign)),
    trashRises: plainly(images, is(goes), is(waits, due, foreign)),
    trashFalls: plainly(images, is(due), is(waits, goes, foreign)),
  };
  return new Map([
    ...Object.entries(plain),
    ...projects.map((project): [string, number] => {
      const here =
        (role: number): Predicate =>
        (one) =>
          one.project === project && one.role === role;
      return [`project ${project}`, plainly(images, here(goes), here(stays))];
    }),
  ]);
}

const registry = fc.array(image, { maxLength: 12 });

test('with every manifest read, every figure is exactly what a plain count finds', () => {
  fc.assert(
    fc.property(registry, fc.constantFrom(1, 2, 16), (images, turns) => {
      const all = images.map((one) => ({ ...one, isKnown: true }));
      const figures = figuresOf(readAll(all), [], turns);
      for (const [name, bytes] of truths(all)) {
        expect([name, figures.get(name)]).toEqual([name, { atLeast: bytes, atMost: bytes }]);
      }
    }),
    { numRuns: 500 },
  );
});

test('with any of them unread, what is true lies between the bounds', () => {
  fc.assert(
    fc.property(registry, (images) => {
      const figures = figuresOf(readAll(images));
      for (const [name, bytes] of truths(images)) {
        const { atLeast, atMost } = figures.get(name) ?? { atLeast: NaN, atMost: NaN };
        expect([name, atLeast <= bytes && bytes <= atMost]).toEqual([name, true]);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['a project', 1, roles.stays],
  ['the trash', trash, roles.waits],
  ['the trash, put there by others,', trash, roles.foreign],
] as const)('artifacts that nobody could list in %s may keep anything', (_, project, role) => {
  const atBottom = fc.record({ images: registry, hidden: fc.array(image, { maxLength: 3 }) });
  fc.assert(
    fc.property(atBottom, ({ images, hidden }) => {
      const unseen = hidden.map((one) => ({
        ...one,
        places: [{ project, role }],
      }));
      const figures = figuresOf(readAll(images), [project]);
      for (const [name, bytes] of truths([...images, ...unseen])) {
        const { atLeast, atMost } = figures.get(name) ?? { atLeast: NaN, atMost: NaN };
        expect([name, atLeast <= bytes && bytes <= atMost]).toEqual([name, true]);
      }
    }),
    { numRuns: 500 },
  );
});

test('one more manifest that is read never widens a range', () => {
  fc.assert(
    fc.property(registry, fc.nat(), (images, pick) => {
      const unread = images.flatMap(({ isKnown }, at) => (isKnown ? [] : [at]));
      const next = unread[pick % Math.max(1, unread.length)];
      const more = images.map((one, at) => (at === next ? { ...one, isKnown: true } : one));
      const before = figuresOf(readAll(images));
      for (const [name, { atLeast, atMost }] of figuresOf(readAll(more))) {
        expect(atLeast).toBeGreaterThanOrEqual(before.get(name)?.atLeast ?? 0);
        expect(atMost).toBeLessThanOrEqual(before.get(name)?.atMost ?? Infinity);
      }
    }),
    { numRuns: 500 },
  );
});
