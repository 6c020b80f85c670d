import type { Share } from '../distributions.ts';
import type { Report } from '../report-schema.ts';
import { inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { bar } from './bars.ts';
import { markup, type Markup } from './markup.ts';
import { section, table } from './table.ts';

/** Age and size of what stays and of what goes. */
export function distributionsSection({ distributions }: Report): Markup | undefined {
  if (distributions === undefined) return undefined;
  const { ages, ageUnknown, sizes } = distributions;
  const isEmpty = [...ages, ageUnknown].every(({ stays, goes }) => stays + goes === 0);
  if (isEmpty) return undefined;
  const unknown =
    ageUnknown.stays + ageUnknown.goes === 0 ? [] : [{ label: 'not known', share: ageUnknown }];
  return section('distributions', 'Age and size', [
    markup`<p class="legend"><span class="key stays"></span> stays <span class="key goes"></span> goes, in artifacts; signatures and the parts of multi-platform images count too.</p>`,
    markup`<div class="pair">${[
      classesTable('By time since the push', 'Age', [...named(ages, ageNames), ...unknown]),
      classesTable('By size', 'Size', named(sizes, sizeNames)),
    ]}</div>`,
  ]);
}

interface Class {
  readonly label: string;
  readonly share: Share;
}

function named(shares: readonly Share[], labels: readonly string[]): readonly Class[] {
  return shares.map((share, index) => ({ label: labels[index] ?? '', share }));
}

/** Names of the classes that `ageEnds` and `sizeEnds` cut. */
const ageNames = [
  'under 1 day',
  '1 to 7 days',
  '7 to 30 days',
  '30 to 90 days',
  '90 to 180 days',
  '180 days to 1 year',
  '1 to 2 years',
  'over 2 years',
];
const sizeNames = [
  'under 1 MB',
  '1 to 10 MB',
  '10 to 100 MB',
  '100 MB to 1 GB',
  '1 to 10 GB',
  'over 10 GB',
];

function classesTable(caption: string, head: string, classes: readonly Class[]): Markup {
  const most = Math.max(0, ...classes.map(({ share }) => share.stays + share.goes));
  return table(
    caption,
    [
      { head, cell: ({ label }) => label },
      {
        head: 'Stays and goes',
        kind: 'bar',
        cell: ({ share }) =>
          bar(share, most, `${inNumbers(share.stays)} stay, ${inNumbers(share.goes)} go`),
      },
      { head: 'Stays', kind: 'number', cell: ({ share }) => quiet(share.stays) },
      { head: 'Goes', kind: 'number', cell: ({ share }) => quiet(share.goes) },
      {
        head: 'Bytes that go',
        kind: 'number',
        minor: true,
        cell: ({ share }) => (share.goesBytes === 0 ? '–' : inBytes(share.goesBytes)),
      },
    ],
    classes,
  );
}

const quiet = (count: number): string => (count === 0 ? '–' : inNumbers(count));
