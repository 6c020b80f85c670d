import { expect, test } from '@jest/globals';
import { timesOf } from '../../functions/domain/artifact-times.ts';
import { familyIn, graphOf } from '../../functions/domain/graph.ts';
import type { Hold } from '../../functions/domain/policy.ts';
import { holdOnFamily } from '../../functions/rules/hold-family.ts';
import { builder, digestOf } from '../support/builder.ts';

const built = builder()
  .push('image', { accessories: ['first', 'second', 'unread'] })
  .hidden('first')
  .hidden('second');
const accessories = ['first', 'second', 'unread'].map(digestOf).toSorted();

const known: Hold = { because: 'known' };
const unknown: Hold = { because: 'not read', unknown: 'labels' };

/** What a protection that says this of each digest says of the image. */
function held(says: ReadonlyMap<string, Hold>, named = true) {
  const { artifacts, hidden = [] } = built.repository();
  const [image] = artifacts;
  if (image === undefined) throw new Error('no image');
  const read = hidden.filter(({ digest }) => digest !== digestOf('unread'));
  const members = familyIn(graphOf(artifacts, read), image, 'deleted');
  const of = (digest: string): Hold | undefined => says.get(digest);
  const hold = holdOnFamily(
    { each: ({ artifact }) => of(artifact.digest), ...(named && { named: of }) },
    { artifact: image, times: timesOf(image, []) },
    members,
  );
  return hold && { because: hold.hold.because, member: hold.member?.digest };
}

const [one = '', two = '', three = ''] = accessories;
const image = digestOf('image');

test.each<[string, readonly (readonly [string, Hold])[], ReturnType<typeof held>]>([
  ['nothing is held', [], undefined],
  ['it is held itself', [[image, known]], { because: 'known', member: undefined }],
  [
    'itself before what goes along, also where that is known and it is not',
    [
      [image, unknown],
      [one, known],
    ],
    { because: 'not read', member: undefined },
  ],
  [
    'of several that are held for certain, the first',
    [
      [two, known],
      [three, known],
    ],
    { because: 'known', member: two },
  ],
  [
    'one that is held for certain before one that only may be',
    [
      [one, unknown],
      [three, known],
    ],
    { because: 'known', member: three },
  ],
  [
    'of several that may be held, the first',
    [
      [two, unknown],
      [three, unknown],
    ],
    { because: 'not read', member: two },
  ],
])('%s', (_, says, expected) => {
  expect(held(new Map(says))).toEqual(expected);
});

test('what was not read is held by its digest, where the protection asks for no more', () => {
  const says = new Map([[digestOf('unread'), known]]);
  expect(held(says)).toEqual({ because: 'known', member: digestOf('unread') });
  expect(held(says, false)).toBeUndefined();
});
