import type { ManifestReading } from '../store/blob-index.ts';
import type { BlobSums } from '../ledger/blob-sums.ts';
import { type ByteRange, nothingUnknown, rangeOf } from '../ledger/range.ts';
import type { ScopeName } from '../ledger/role.ts';
import type { AllUnknowns } from '../ledger/unknowns.ts';
import type { Ledger } from '../report/ledger-schema.ts';
import type { MatchedManifests } from './figures.ts';
import type { LedgerRows } from './rows.ts';

type Figures = Extract<Ledger, { kind: 'figures' }>;

export interface Summed {
  readonly rows: LedgerRows;
  readonly matched: MatchedManifests;
  readonly sums: BlobSums;
  readonly reading: ManifestReading;
  /** Name of the trash project, if deletions go through it. */
  readonly trash: string | undefined;
}

/** The section of the report. */
export function sectionOf(summed: Summed): Figures {
  const { rows, matched, sums, reading, trash } = summed;
  const { unknowns, counts } = matched;
  let most = 0;
  for (const bytes of rows.most.values()) most += bytes;
  const figure = (name: ScopeName): ByteRange => rangeOf(sums.scopes[name], unknowns.scopes[name]);
  const frees = noMoreThan(figure('storage'), most);
  return {
    kind: 'figures',
    frees,
    freesNow: trash === undefined ? frees : figure('now'),
    projects: projectGains(summed),
    ...(trash === undefined
      ? {}
      : {
          trash: {
            project: trash,
            rises: noMoreThan(figure('trashRises'), most),
            falls: figure('trashFalls'),
          },
        }),
    shared: {
      bytes: sums.sharedBytes,
      layers: sums.shared.map(({ key, repositories, ...rest }) => ({
        digest: `sha256:${key}`,
        ...rest,
        repositories: repositories.flatMap((at) => nameOf(rows, at)),
      })),
    },
    manifests: {
      all: counts.manifests,
      known: counts.known,
      going: counts.going,
      goingKnown: counts.goingKnown,
      readNow: reading.read,
    },
    requests: reading.requests,
    notes: notesOf(rows, reading, unknowns),
  };
}

function noMoreThan({ atLeast, atMost }: ByteRange, most: number): ByteRange {
  return { atLeast, atMost: Math.max(atLeast, Math.min(atMost, most)) };
}

function nameOf({ repositories }: LedgerRows, at: number): readonly string[] {
  const head = repositories[at];
  return head === undefined ? [] : [`${head.project}/${head.name}`];
}

function projectGains({ rows, matched, sums }: Summed): Figures['projects'] {
  const gains = [...rows.near.projects].flatMap((at) => {
    const project = rows.projects[at];
    if (project === undefined) return [];
    const unknowns = matched.unknowns.projects.get(at) ?? nothingUnknown;
    const range = rangeOf(sums.projects.get(at) ?? { small: 0, large: 0 }, unknowns);
    return [{ project, gains: noMoreThan(range, rows.most.get(at) ?? Infinity) }];
  });
  return gains.toSorted(
    (a, b) => b.gains.atMost - a.gains.atMost || (a.project < b.project ? -1 : 1),
  );
}

function notesOf(rows: LedgerRows, reading: ManifestReading, unknowns: AllUnknowns): string[] {
  const { denied, blocked, unusable, stopped } = reading;
  const names = (list: readonly string[]): string =>
    list.length > 3
      ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more`
      : list.join(', ');
  const unlisted = [...rows.unlisted].flatMap((at) => rows.projects[at] ?? []);
  return [
    ...(denied.length === 0
      ? []
      : [`Grant the robot repository:pull in ${names(denied)}: no manifest can be read there.`]),
    ...(blocked === 0
      ? []
      : [`${blocked} manifests are kept from being read by a policy of their project.`]),
    ...(unusable === 0 ? [] : [`${unusable} manifests could not be understood.`]),
    ...(stopped === undefined ? [] : [`Reading manifests ended early: ${stopped}`]),
    ...(unlisted.length === 0 || !unknowns.scopes.storage.unlisted
      ? []
      : [
          `${names(unlisted)}: not all artifacts could be listed; what they share is not known, so nothing is certain to be freed.`,
        ]),
  ];
}
