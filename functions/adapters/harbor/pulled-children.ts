import type { Gathered, ListingContext } from './artifact-lists.ts';
import { tooHeavy, tooLarge } from '../../domain/capacity.ts';
import type { Digest } from '../../domain/artifact.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import type { ArtifactScope } from '../../ports.ts';
import { HarborFailure } from './failure.ts';
import { type KeysetList, keysetPages } from './paging.ts';
import { pageSize } from './page-sizes.ts';
import { weightOfRow, type WireArtifact, wireArtifact } from './wire.ts';

/** What was listed without children, and the list that it came by, to be narrowed. */
export interface Listed {
  readonly byId: ReadonlyMap<number, Gathered>;
  /** The same artifacts by the project-wide list, which is where the filter was seen to be exact. */
  readonly list: KeysetList;
}

/** The digests that listed indexes name and the list does not show, by the id of their repository. */
type Unlisted = ReadonlyMap<number, ReadonlySet<Digest>>;

/**
 * Adds the untagged children that were pulled since (docs/harbor.md#t52-pulled-since), or all of them where that takes
 * fewer pages. Costs nothing where no index lists any.
 *
 * The filter is not trusted. Answers false where it can't be right, and the scope is to be listed with all children: a
 * row came that was not pulled since, or fewer than Harbor counted, or a listed artifact that was pulled since did not
 * come. So what does not come was not pulled since, as far as anybody can see; it may well have been pulled before.
 * @throws HarborFailure if nothing answered
 */
export async function addPulledChildren(
  context: ListingContext,
  scope: ArtifactScope,
  { byId, list }: Listed,
): Promise<boolean> {
  const { pulledSince: since } = scope;
  if (since === undefined) return true;
  const unlisted = unlistedIn(byId);
  let expected = 0;
  for (const digests of unlisted.values()) expected += digests.size;
  if (expected === 0) return true;
  for (const { rows } of byId.values()) expected += rows.filter(isUntagged).length;
  try {
    const pulled =
      expected <= pageSize ? 'more' : await readPulled(context, list, { byId, since, expected });
    if (pulled === 'doubtful') return false;
    const rows = pulled === 'more' ? await readUntagged(context, list) : pulled;
    if (rows === 'doubtful') return false;
    keep(rows, { byId, unlisted, scope });
    // Of all of them none may lack; what lacks is looked for in the repository's own list.
    if (pulled === 'more')
      for (const [id, one] of byId) one.lacksChildren = lacks(one, unlisted.get(id));
    context.note({ project: scope.project, what: 'children', rows: rows.length });
    return true;
  } catch (error) {
    if (error instanceof HarborFailure && error.status !== 0) return false;
    throw error;
  }
}

function unlistedIn(byId: ReadonlyMap<number, Gathered>): Unlisted {
  const unlisted = new Map<number, ReadonlySet<Digest>>();
  for (const [id, { rows }] of byId) {
    const children = new Set(rows.flatMap((row) => row.references.map((one) => one.child_digest)));
    if (children.size === 0) continue;
    for (const { digest } of rows) children.delete(digest);
    if (children.size > 0) unlisted.set(id, children);
  }
  return unlisted;
}

const isUntagged = ({ tags }: WireArtifact): boolean => tags.length === 0;

const seconds = (at: Instant): string => formatInstant(at).slice(0, 19);

/** Every artifact that was pulled since; `more`: there are more than `expected`, and none was read. */
async function readPulled(
  { client }: ListingContext,
  list: KeysetList,
  asked: { readonly byId: Listed['byId']; readonly since: Instant; readonly expected: number },
): Promise<readonly WireArtifact[] | 'doubtful' | 'more'> {
  const { byId, since, expected } = asked;
  // The filter takes whole seconds.
  const from = since - (since % 1_000);
  const rows: WireArtifact[] = [];
  let counted = 0;
  for await (const page of keysetPages(client, {
    ...list,
    terms: { ...list.terms, base: '*', pull_time: `[${seconds(from)}~]` },
    kind: 'pulled',
    onTotal: (total) => {
      counted = total;
      return total < expected;
    },
  })) {
    for (const { value } of page) {
      const row = wireArtifact.safeParse(value);
      if (!row.success || !wasPulled(row.data, from)) return 'doubtful';
      rows.push(row.data);
    }
  }
  if (counted >= expected) return 'more';
  return rows.length < counted || losesListed(rows, byId, from) ? 'doubtful' : rows;
}

function wasPulled({ pull_time: at }: WireArtifact, from: Instant): boolean {
  return at !== 'unknown' && at >= from;
}

/** Pull times only move forward: what was seen as pulled since is still so now. */
function losesListed(rows: readonly WireArtifact[], byId: Listed['byId'], from: Instant): boolean {
  const found = new Set(rows.map(({ id }) => id));
  return [...byId.values()].some((one) =>
    one.rows.some((row) => wasPulled(row, from) && !found.has(row.id)),
  );
}

/** Every artifact without a tag, children included. */
async function readUntagged(
  { client }: ListingContext,
  list: KeysetList,
): Promise<readonly WireArtifact[] | 'doubtful'> {
  const rows: WireArtifact[] = [];
  for await (const page of keysetPages(client, {
    ...list,
    terms: { ...list.terms, base: '*', tags: 'nil' },
    kind: 'children',
  })) {
    for (const { value } of page) {
      const row = wireArtifact.safeParse(value);
      if (!row.success || !isUntagged(row.data)) return 'doubtful';
      rows.push(row.data);
    }
  }
  return rows;
}

/** Keeps those that an index lists and the list does not show. */
function keep(
  rows: readonly WireArtifact[],
  {
    byId,
    unlisted,
    scope,
  }: {
    readonly byId: Listed['byId'];
    readonly unlisted: Unlisted;
    readonly scope: ArtifactScope;
  },
): void {
  for (const row of rows) {
    const one = byId.get(row.repository_id);
    if (one === undefined || one.tooLarge !== undefined) continue;
    if (unlisted.get(row.repository_id)?.has(row.digest) !== true) continue;
    one.hidden.push(row);
    one.weight += weightOfRow(row);
    const count = one.rows.length + one.hidden.length;
    one.tooLarge =
      tooLarge(count, scope.maxArtifacts) ?? tooHeavy(one.weight, count, scope.maxArtifacts);
    if (one.tooLarge === undefined) continue;
    one.rows.length = 0;
    one.hidden.length = 0;
  }
}

function lacks({ hidden }: Gathered, unlisted: ReadonlySet<Digest> | undefined): boolean {
  if (unlisted === undefined) return false;
  const found = new Set(hidden.map(({ digest }) => digest));
  return [...unlisted].some((digest) => !found.has(digest));
}
