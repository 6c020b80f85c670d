import type { Deleted, Healing, HealingProblem, ToHeal } from '../domain/healing.ts';
import type { Digest } from '../domain/artifact.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { formerTag, type Place } from '../domain/trash.ts';
import type { Log, LogEntry, PushedArtifact, WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { isOfHarbor } from './write-result.ts';

/** What was pushed in the time of the deletions, and what Harbor's audit log says of it. */
export interface Pushes {
  readonly pushed: readonly PushedArtifact[];
  readonly log: Log;
}

interface Seen {
  readonly place: Place;
  readonly runId: string;
  readonly deleted: readonly Deleted[];
  readonly log: readonly LogEntry[];
}

type HealedTags = {
  readonly tags: Healing['tags'][number][];
  readonly told: HealingProblem[];
};

/**
 * A push may lose its tag to a deletion beside it (docs/harbor.md#t47-tags-that-get-lost), and a tag that somebody
 * puts on an artifact in the moment of its deletion goes with it. A tag is put back only where Harbor's audit log
 * proves that this push named this tag and this digest (T50), the tag is nowhere now, and the digest is there;
 * everything else is reported, with the command.
 */
export async function healTags(
  what: ToHeal,
  pushes: Pushes,
  ports: ApplyPorts,
): Promise<HealedTags> {
  const found: HealedTags = { tags: [], told: [] };
  const { project, runId } = what;
  for (const repository of new Set(what.deleted.map((one) => one.repository))) {
    const deleted = what.deleted.filter((one) => one.repository === repository);
    const place = { project, repository };
    const log =
      typeof pushes.log === 'string'
        ? []
        : pushes.log.filter((one) => one.repository === repository);
    const pushed = pushes.pushed.filter((one) => one.repository === repository);
    try {
      for (const entry of namedBy(log, deleted))
        await settle(entry, { place, runId, deleted, log }, { ports, found });
      const bare = await unexplained(place, { pushed, log }, ports);
      const told = await unclear(
        place,
        { bare, deleted, isLogKnown: typeof pushes.log !== 'string' },
        ports,
      );
      if (told !== undefined) found.told.push(told);
    } catch (error) {
      if (!isOfHarbor(error)) throw error;
      found.told.push({
        on: `${project}/${repository}`,
        message: `Whether a push lost a tag to this run’s deletions could not be looked up: ${error.message}`,
        remedy: `${error.remedy} Look whether the tags that were pushed during the run are there.`,
      });
    }
  }
  return found;
}

/** `digest`: what it was put on, where Harbor says so. */
interface Named {
  readonly tag: string;
  readonly at: Instant;
  readonly digest?: Digest;
}

/** The last naming of each tag that may have been lost: one that was deleted, or one put on what was deleted. */
function namedBy(log: readonly LogEntry[], deleted: readonly Deleted[]): readonly Named[] {
  const tags = new Set(deleted.flatMap((one) => one.tags));
  const digests = new Set(deleted.filter(({ whole }) => whole).map(({ digest }) => digest));
  const last = new Map<string, Named>();
  for (const entry of log) {
    if (entry.kind === 'tag-created' && !entry.isOurs && digests.size > 0)
      last.set(entry.tag, { tag: entry.tag, at: entry.at });
    if (entry.kind !== 'push' || entry.tag === undefined) continue;
    const { tag, at, digest } = entry;
    // A restore copies back under the trash's own names, and takes those off again.
    if (formerTag(digest, tag).kind !== 'foreign') continue;
    if (tags.has(tag) || digests.has(digest)) last.set(tag, { tag, at, digest });
  }
  return [...last.values()];
}

/** Whether somebody removed the tag, or deleted what it is on; the run's own deletions are no such wish. */
function tookItAway(entry: LogEntry, { tag, digest }: Named, deleted: readonly Deleted[]): boolean {
  if (entry.kind === 'tag-deleted') {
    const byRun = deleted.some((one) => !one.whole && one.tags.includes(tag));
    return entry.tag === tag && !(entry.isOurs && byRun);
  }
  if (entry.kind !== 'artifact-deleted' || entry.digest !== (digest ?? entry.digest)) return false;
  const byRun = deleted.some((one) => one.whole && one.digest === entry.digest);
  return !(entry.isOurs && byRun);
}

async function settle(
  entry: Named,
  seen: Seen,
  { ports, found }: { readonly ports: ApplyPorts; readonly found: HealedTags },
): Promise<void> {
  const { place, log, deleted } = seen;
  const { tag, digest } = entry;
  const isMeant = log.some((other) => other.at >= entry.at && tookItAway(other, entry, deleted));
  // Somebody took it away again on purpose; or it is there, on whatever.
  if (isMeant || (await ports.harbor.readTag(place, tag)) !== undefined) return;
  if (digest === undefined) {
    found.told.push(createdBeside(entry, seen));
    return;
  }
  const now = await ports.harbor.readArtifact(place, digest);
  if (now.kind === 'gone') {
    const isOurs = seen.deleted.some((one) => one.whole && one.digest === digest);
    if (isOurs) found.told.push(pushedBeside(entry, digest, seen));
    return;
  }
  const answer = await ports.harbor.createTag({ ...place, digest }, tag);
  if (answer.kind === 'done') {
    found.tags.push({ repository: place.repository, tag, digest });
    return;
  }
  if (answer.kind === 'conflict' || (await ports.harbor.readTag(place, tag)) !== undefined) return;
  found.told.push({
    on: `${place.project}/${place.repository}:${tag}`,
    message: `A push that moved this tag while its old image was deleted lost it, and it could not be put back: ${inWords(answer)}`,
    remedy: `Put it back: ${tagCommand(place, { tag, digest })}`,
  });
}

/** Somebody pushed what the run deleted in that very moment. */
function pushedBeside({ tag, at }: Named, digest: Digest, { place, runId }: Seen): HealingProblem {
  const name = `${place.project}/${place.repository}`;
  return {
    on: `${name}:${tag}`,
    message: `Somebody pushed it as ${digest} at ${formatInstant(at)}, while this run deleted that digest: it went with it.`,
    remedy: `If it was meant to stay, bring it back under its tag: harbor-retention restore ${runId} --only ${name}@${digest} --apply, and then ${tagCommand(place, { tag, digest })}`,
  };
}

/** Harbor says that the tag was created, and not on what. */
function createdBeside({ tag, at }: Named, { place, runId, deleted }: Seen): HealingProblem {
  const name = `${place.project}/${place.repository}`;
  const digests = some(deleted.filter(({ whole }) => whole).map(({ digest }) => digest));
  return {
    on: `${name}:${tag}`,
    message: `Somebody created this tag at ${formatInstant(at)}, while this run deleted in the repository, and it is nowhere now. It may have been put on what the run deleted: ${digests}.`,
    remedy: `If it was, bring that back under it: harbor-retention restore ${runId} --only ${name}@DIGEST --apply, and then ${tagCommand(place, { tag, digest: 'DIGEST' })}`,
  };
}

/** What was pushed without a tag, though the log does not say that it was pushed so. */
async function unexplained(
  place: Place,
  {
    pushed,
    log,
  }: { readonly pushed: readonly PushedArtifact[]; readonly log: readonly LogEntry[] },
  ports: ApplyPorts,
): Promise<readonly Digest[]> {
  const children = new Set(pushed.flatMap(({ artifact }) => artifact.children));
  // Our own are the manifests that were put again.
  const pushes = log.flatMap((one) => (one.kind === 'push' && !one.isOurs ? [one.digest] : []));
  const explained = new Set(pushes);
  const bare: Digest[] = [];
  for (const { artifact } of pushed) {
    if (artifact.tags === 'unknown' || artifact.tags.length > 0) continue;
    if (children.has(artifact.digest) || explained.has(artifact.digest)) continue;
    // Rows listed while others delete are torn (docs/harbor.md#t48-torn-rows).
    if (await ports.harbor.isUntagged(place, artifact)) bare.push(artifact.digest);
  }
  return bare;
}

/** Nothing is inferred from an untagged newcomer: to push by digest is nothing rare. */
async function unclear(
  place: Place,
  given: {
    readonly bare: readonly Digest[];
    readonly deleted: readonly Deleted[];
    readonly isLogKnown: boolean;
  },
  ports: ApplyPorts,
): Promise<HealingProblem | undefined> {
  const { bare, deleted, isLogKnown } = given;
  if (bare.length === 0) return undefined;
  const missing: string[] = [];
  for (const tag of new Set(deleted.flatMap((one) => one.tags)))
    if ((await ports.harbor.readTag(place, tag)) === undefined) missing.push(tag);
  if (missing.length === 0) return undefined;
  const why = isLogKnown
    ? 'Harbor’s audit log does not show these pushes'
    : 'Harbor’s audit log, where it would stand, could not be read';
  return {
    on: `${place.project}/${place.repository}`,
    message: `Pushed untagged while this run deleted tags here: ${some(bare)}. If such a push named one of these tags, it is lost: ${some(missing)}. ${why}.`,
    remedy: `If one of them was meant to have the tag: ${tagCommand(place, { tag: 'TAG', digest: bare.length === 1 ? (bare[0] ?? '') : 'DIGEST' })}${isLogKnown ? '' : ' Grant the robot log:list (Harbor 2.13 and later), so that the log is asked.'}`,
  };
}

const shown = 5;

function some(all: readonly string[]): string {
  if (all.length <= shown) return all.join(', ');
  return `${all.slice(0, shown).join(', ')} and ${all.length - shown} more`;
}

function tagCommand({ project, repository }: Place, lost: { tag: string; digest: string }): string {
  const name = encodeURIComponent(encodeURIComponent(repository));
  return `curl -sf -u "$HARBOR_USER:$HARBOR_PASSWORD" -X POST -H 'Content-Type: application/json' -d '{"name":"${lost.tag}"}' "$HARBOR_URL/api/v2.0/projects/${project}/repositories/${name}/artifacts/${lost.digest}/tags"`;
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}
