import type { Artifact } from '../domain/artifact.ts';
import type { DeletionRecord } from '../domain/deletion-record.ts';
import type { Member } from '../domain/family.ts';
import { familyIn, type Graph } from '../domain/graph.ts';
import { type ListedEntry, readEntries } from '../domain/image-list.ts';
import { type Duration, type Instant, knownOf } from '../domain/instant.ts';
import type { Hold, Policy, RepositoryHold } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';
import { formerTag, originOf, type Place, trashPlace } from '../domain/trash.ts';
import { holdOnFamily } from '../rules/hold-family.ts';

/** What the record of a deletion, or of one that failed, says of a copy. */
export interface Promised {
  /**
   * The day that the report stated: until then it can be restored. Absent: nothing was promised, the original stayed.
   */
  readonly until?: Instant;
  /** When the record was written. */
  readonly at: Instant;
}

const day = 24 * 60 * 60_000;

/** The `keepFor` of a policy that does not say. A copy without a record was promised no less. */
const usual = 14 * day;

/** The longest time that a copy without a record may have been promised, as far as is known. Pure. */
export function longestPromise(keepFor: Duration, { runs }: RunHistory): Duration {
  return Math.max(keepFor, usual, ...runs.map((run) => run.keepFor ?? 0));
}

/** Results of actions that came to copy nothing. */
const neverCopied: ReadonlySet<string> = new Set(['not-attempted', 'already-gone']);

/**
 * What records promise of copies in a trash project, by `repository@digest`: of what was deleted, and of all that the
 * copy brought along; and what they say of copies whose move failed, or whose original stayed: these are ours as
 * well. Of several promises the later one counts. Pure.
 */
export function promisesIn(
  records: Iterable<Pick<DeletionRecord, 'action' | 'outcome'>>,
  trash: string,
): ReadonlyMap<string, Promised> {
  const promises = new Map<string, Promised>();
  for (const { action, outcome } of records) {
    if (action.kind !== 'delete-artifact' || neverCopied.has(outcome.result)) continue;
    const made = 'trash' in outcome ? outcome.trash : undefined;
    const copy = made ?? trashPlace(trash, action);
    if (copy.project !== trash) continue;
    const promised = made?.restorableUntil ?? 0;
    const members = (action.members ?? []).map(({ digest }) => digest);
    for (const digest of new Set([
      action.digest,
      ...action.children,
      ...action.accessories,
      ...members,
    ])) {
      const key = `${copy.repository}@${digest}`;
      const known = promises.get(key);
      const until = Math.max(known?.until ?? 0, promised);
      const at = Math.max(known?.at ?? 0, outcome.at);
      promises.set(key, until === 0 ? { at } : { until, at });
    }
  }
  return promises;
}

/** Lists that hold copies in the trash, too; every other protection is about what is still in its place. */
const holding: ReadonlySet<string> = new Set(['digests', 'inUse']);

/** Why a copy is held. */
export interface CopyHold {
  readonly because: string;
  /** No list is known to name it: one that may can't be read, or its own name is lost. */
  readonly isUnknown: boolean;
}

/**
 * Why a list of digests, or of images in use, holds a copy: by its digest or that of a part, by its name in the
 * trash, or by the name that it had in its place. Where that was too long for the trash, any name on the list may be
 * it. A list that is not known holds all that it may cover; one that is known to name the copy comes first. Pure.
 */
export function holdOnCopy(
  copy: { readonly place: Place; readonly artifact: Artifact; readonly graph: Graph },
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
): CopyHold | undefined {
  const { place, artifact, graph } = copy;
  const origin = originOf(place);
  const members = familyIn(graph, artifact, 'deleted');
  const family = [artifact, ...members.flatMap((member) => member.artifact ?? [])];
  const isNameLost = origin === 'unknown' || family.some(hasShortenedTag);
  const seen = [
    { artifact, members, place },
    { artifact: asItWas(artifact), members: members.map(memberAsItWas), place: origin },
  ];
  let unknown: CopyHold | undefined;
  for (const one of policy.protections) {
    if (!holding.has(one.key)) continue;
    for (const { artifact: shown, members: along, place: at } of seen) {
      if (at === 'unknown') continue;
      const { project, repository } = at;
      const hold = one.inRepository({
        now: registry.takenAt,
        registry,
        project: undefined,
        projectName: project,
        repository,
        graph,
      });
      const found = holdIn(hold, shown, along);
      if (found === undefined) continue;
      if (found.unknown === undefined) return { because: found.because, isUnknown: false };
      unknown ??= { because: found.because, isUnknown: true };
    }
    if (isNameLost && entriesOf(one.key, { policy, registry }).some(isName))
      unknown ??= {
        because: 'its name was too long for the trash, so a list of images may mean it',
        isUnknown: true,
      };
  }
  return unknown;
}

/** What the policy and its lists name under a key of `holding`; a list that is not known held the copy before. */
function entriesOf(
  key: string,
  {
    policy,
    registry: { inUse, listedDigests },
  }: { readonly policy: Policy; readonly registry: RegistryFacts },
): readonly ListedEntry[] {
  if (key === 'inUse') return inUse.entries;
  const listed = listedDigests === 'unknown' ? [] : listedDigests.entries;
  return [...listed, ...readEntries(policy.digests)];
}

function isName({ references, patterns }: ListedEntry): boolean {
  return references.length + patterns.length > 0;
}

function hasShortenedTag({ digest, tags }: Artifact): boolean {
  return knownOf(tags).some(({ name }) => formerTag(digest, name).kind === 'shortened');
}

function holdIn(
  hold: RepositoryHold,
  artifact: Artifact,
  members: readonly Member[],
): Hold | undefined {
  if (hold === undefined) return undefined;
  if ('all' in hold) return hold.all;
  const times = { pushed: 'unknown', pulled: 'unknown', active: 'unknown' } as const;
  return holdOnFamily(hold, { artifact, times }, members)?.hold;
}

function memberAsItWas(member: Member): Member {
  const { artifact } = member;
  return artifact === undefined ? member : { ...member, artifact: asItWas(artifact) };
}

function asItWas(artifact: Artifact): Artifact {
  return { ...artifact, tags: formerTags(artifact) };
}

/** What it was called before it came into the trash, as far as its tags say. */
function formerTags({ digest, tags }: Artifact): Artifact['tags'] {
  return knownOf(tags).flatMap((tag) => {
    const former = formerTag(digest, tag.name);
    return former.kind === 'tag' ? [{ ...tag, name: former.name }] : [];
  });
}
