import type { RepositoryHead } from '../../domain/repository.ts';
import type { WireArtifact } from './wire.ts';
import type { HarborClient } from './client.ts';
import type { Known } from '../../domain/instant.ts';
import type { ArtifactScope } from '../../ports.ts';

/** What a list brought of one repository. */
export interface Gathered {
  readonly head: RepositoryHead;
  readonly rows: WireArtifact[];
  /** Untagged children that were searched for by their pull times. */
  readonly hidden: WireArtifact[];
  /** Rows that a list of untagged artifacts showed as well, by id and digest. */
  readonly confirmed: Set<string>;
  /** What the rows weigh in memory, in artifacts. */
  weight: number;
  /** Set if a row could not be understood. */
  problem: string | undefined;
  /** Set once it has more rows than may be kept; none are kept then. */
  tooLarge: string | undefined;
  /** Rows whose labels are in doubt. */
  labelsDoubtful: (row: WireArtifact) => boolean;
  /** Something that the list does not show, an untagged child, has one of the labels. */
  hidesLabels: boolean;
  /** The list of untagged artifacts does not show a child that an index lists. */
  lacksChildren: boolean;
}

/** What a listing needs besides its scope. */
export interface ListingContext {
  readonly client: HarborClient;
  /** Harbor 2.12 and later list a whole project at once. */
  readonly projectWide: boolean;
  /** Harbor 2.5.x (docs/harbor.md#t12-links-and-short-pages). */
  readonly shortPages: boolean;
  /** Reads one repository's head again. */
  readonly readHead: (head: RepositoryHead) => Promise<RepositoryHead>;
  /** Called with every list that is read; the lower bound of requests is computed from them. */
  readonly note: (list: NotedList) => void;
  /** Which artifacts of a project bear the labels of the scope. */
  readonly labelled: LabelSearch;
  /** Whether nothing answers at all, asked after a request that nobody answered. */
  readonly isGone: () => Promise<boolean>;
}

export interface NotedList {
  readonly project: string;
  /** Before Harbor 2.12, where each repository has a list of its own. */
  readonly repository?: string;
  readonly what: 'artifacts' | 'untagged' | 'labels' | 'members' | 'children';
  /** Those that had to be read. */
  readonly rows: number;
}

/**
 * Per project, which artifacts bear one of the labels, untagged children included; 'unknown' if that could not be read,
 * 'not-searched' if the robot may not list labels, or Harbor has no search in a whole project, but such a label.
 */
export type LabelSearch = (
  scope: ArtifactScope,
) => Promise<Known<readonly Labelled[]> | 'not-searched'>;

/** The artifacts that bear a label, by Harbor's search for it: their ids, by the id of their repository. */
export interface Labelled {
  readonly name: string;
  readonly artifacts: ReadonlyMap<number, ReadonlySet<number>>;
}
