import type { Artifact, Digest } from '../domain/artifact.ts';
import { formerTag, type Place, restoredTag } from '../domain/trash.ts';
import type { WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { formerNames, type RestoreItem } from './restore-item.ts';
import { type RestoreStep, takenNote } from './plan-restore.ts';
import { readFamily } from './read-family.ts';
import { namesOf } from './rename-family.ts';
import { relink, relinkCommand } from './relink.ts';

/** What came of it; `because`: why it failed. */
export interface Carried {
  readonly because?: string;
  readonly notes: readonly string[];
  /** Tags of the item itself that turned out to point elsewhere. */
  readonly taken: RestoreStep['taken'];
}

/** What the parts of a restore report while they work. */
interface Reporting {
  readonly ports: ApplyPorts;
  readonly notes: string[];
  readonly taken: { readonly tag: string; readonly by: Digest }[];
}

/**
 * Makes the whole family of what is back in its place sound: links, then names, and last of all the mark on its copy, which
 * says that nothing of this is left to do. `copied`: what was copied back just now, as the trash showed it directly
 * before; without it, all of that is read.
 */
export async function settleFamily(
  step: RestoreStep,
  ports: ApplyPorts,
  copied?: readonly Artifact[],
): Promise<Carried> {
  const { item } = step;
  const reporting: Reporting = { ports, notes: [], taken: [] };
  const { notes, taken } = reporting;
  const stop = (because: string): Carried => ({ because, notes, taken });
  const family = copied ?? (await familyIn(item.place, item.digest, ports));
  if (family === undefined) return stop('it is not there after copying it back');
  // Names come back in any case; only the mark waits for links that are certain.
  const unlinked = item.kind === 'artifact' ? await relinkAll(item, family, ports) : undefined;
  const copies = copied ?? (await copiesOf(item, ports));
  for (const wanted of wantedTags(step, copies)) {
    const bad = await putTag(item, wanted, reporting);
    if (bad !== undefined) return stop(bad);
  }
  const bearing = copied ?? (await familyIn(item.place, item.digest, ports)) ?? [];
  const left = await removeTrashTags(item, bearing, ports);
  if (left !== undefined) return stop(left);
  // Whoever deleted something here meanwhile is seen now, or healed by the manifests that were put.
  const after = await familyIn(item.place, item.digest, ports);
  if (after === undefined) return stop('somebody deleted it again after it was back');
  const late = copied === undefined ? undefined : await removeTrashTags(item, after, ports);
  if (late !== undefined) return stop(late);
  notes.push(...missingIn(after, copies));
  if (unlinked !== undefined) return stop(unlinked);
  if (item.trash === undefined) return { notes, taken };
  const mark = restoredTag(item.digest);
  const marked = await ports.harbor.createTag({ ...item.trash, digest: item.digest }, mark);
  const isMarked =
    marked.kind === 'done' || marked.kind === 'conflict' || marked.kind === 'missing';
  return isMarked
    ? { notes, taken }
    : stop(`marking its copy in the trash as restored: ${inWords(marked)}`);
}

async function copiesOf(item: RestoreItem, ports: ApplyPorts): Promise<readonly Artifact[]> {
  if (item.trash === undefined) return [];
  return (await familyIn(item.trash, item.digest, ports)) ?? [];
}

/** The head first; undefined if it is not there. */
async function familyIn(
  place: Place,
  digest: Digest,
  ports: ApplyPorts,
): Promise<readonly Artifact[] | undefined> {
  const now = await ports.harbor.readArtifact(place, digest);
  if (now.kind === 'gone') return undefined;
  const { members } = await readFamily(ports.harbor, place, {
    head: now.artifact,
    reach: 'copied',
  });
  return [now.artifact, ...members.flatMap(({ artifact }) => artifact ?? [])];
}

/** What is listed before what lists it: an index needs its children. */
async function relinkAll(
  { place }: RestoreItem,
  family: readonly Artifact[],
  ports: ApplyPorts,
): Promise<string | undefined> {
  for (const { digest } of family.toReversed()) {
    const target = { project: place.project, repository: place.repository, digest };
    const because = await relink(target, ports);
    if (because === 'gone') return `the manifest of ${digest} is not there after copying it back`;
    if (because !== undefined)
      return `it is back, but whether a deletion beside it cut its layers is not certain: the manifest of ${digest} could not be put again: ${because}. Grant the robot repository:pull and repository:push there and restore again, or: ${relinkCommand(target)}`;
  }
  return undefined;
}

interface Wanted {
  readonly digest: Digest;
  readonly tag: string;
}

/** The tags of the item by the record, and those of what hangs on it by what the trash calls it. */
function wantedTags(step: RestoreStep, copies: readonly Artifact[]): readonly Wanted[] {
  const { item, createTags } = step;
  const own = createTags.map((tag) => ({ digest: item.digest, tag }));
  const others = copies
    .filter(({ digest }) => digest !== item.digest)
    .flatMap((copy) => formerNames(copy).tags.map((tag) => ({ digest: copy.digest, tag })));
  return [...own, ...others];
}

/**
 * With the call that never moves one, and says whether the name is taken. One that points elsewhere is reported, and the
 * rest is restored.
 */
async function putTag(
  { place, digest: head }: RestoreItem,
  { digest, tag }: Wanted,
  { ports, notes, taken }: Reporting,
): Promise<string | undefined> {
  const answer = await ports.harbor.createTag({ ...place, digest }, tag);
  if (answer.kind === 'done') return undefined;
  const by = await ports.harbor.readTag(place, tag);
  if (by === digest) return undefined;
  if (by === undefined) return `creating tag ${tag}: ${inWords(answer)}`;
  if (digest === head) {
    taken.push({ tag, by });
    notes.push(takenNote({ tag, by }));
    return undefined;
  }
  const note = `tag ${tag} points elsewhere by now and is not moved to ${digest}`;
  if (!notes.includes(note)) notes.push(note);
  return undefined;
}

/** Takes off the trash's names, which came along with the copy, on the whole family (docs/harbor.md#t42-what-a-copy-lacks). */
async function removeTrashTags(
  item: RestoreItem,
  family: readonly Artifact[],
  ports: ApplyPorts,
): Promise<string | undefined> {
  const { place } = item;
  for (const member of family) {
    if (member.tags === 'unknown') return `the tags of ${member.digest} can’t be read`;
    for (const name of namesOf(member)) {
      const isWanted = member.digest === item.digest && item.tags.includes(name);
      if (isWanted || formerTag(member.digest, name).kind === 'foreign') continue;
      const target = {
        project: place.project,
        repository: place.repository,
        digest: member.digest,
      };
      const answer = await ports.harbor.removeTag(target, name);
      if (answer.kind === 'done' || answer.kind === 'missing') continue;
      if ((await ports.harbor.readTag(place, name)) === member.digest)
        return `removing the trash's tag ${name}: ${inWords(answer)}`;
    }
  }
  return undefined;
}

/** Somebody may have pushed the same digest again, without the signatures that only the copy still has. */
function missingIn(there: readonly Artifact[], copies: readonly Artifact[]): readonly string[] {
  const digests = new Set(there.map(({ digest }) => digest));
  return copies
    .filter(({ digest }) => !digests.has(digest))
    .map(
      ({ digest }) =>
        `${digest} hangs on it in the trash and not in its place: only the copy has it`,
    );
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}
