import type { Artifact } from '../domain/artifact.ts';
import { formerTag, type Place, trashTags } from '../domain/trash.ts';
import type { WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { retries, tries } from './retry.ts';
import { bearsOwnTag, type RestoreItem } from './restore-item.ts';
import { readFamily } from './read-family.ts';
import { namesOf, renameFamily } from './rename-family.ts';

/** Renames a copy and copies it out of the trash into its place. Undefined if it is there; else why it is not. */
export async function copyBack(item: RestoreItem, ports: ApplyPorts): Promise<string | undefined> {
  if (item.trash === undefined) return withoutCopy;
  return (await ownNamesOnly(item, item.trash, ports)) ?? (await sendBack(item, ports));
}

const withoutCopy = 'it was deleted without a copy';

/**
 * Copies out of the trash what has no tags but the trash's own, as was seen directly before. Undefined if it is there;
 * else why it is not.
 */
export async function sendBack(item: RestoreItem, ports: ApplyPorts): Promise<string | undefined> {
  const { trash, digest } = item;
  if (trash === undefined) return withoutCopy;
  let because = '';
  for await (const _attempt of retries(ports.pause)) {
    const answer = await ports.harbor.copyArtifact({ ...trash, digest }, item.place);
    if (answer.kind === 'done') return undefined;
    if (answer.kind !== 'lost' && answer.kind !== 'rolled-back')
      return `copying it back: ${inWords(answer)}`;
    const now = await ports.harbor.readArtifact(item.place, digest);
    if (now.kind === 'there') return undefined;
    because = answer.because;
  }
  return `copying it back failed ${tries} times: ${because}`;
}

/**
 * Every tag of the whole family in the trash gets the trash's form: any other would be moved in the user's repository by
 * copying back (docs/harbor.md#t41-copying-moves-tags). A run that was cut off, or a version that did not rename
 * children, may have left some.
 */
async function ownNamesOnly(
  item: RestoreItem,
  place: Place,
  ports: ApplyPorts,
): Promise<string | undefined> {
  const head = await readCopy(item, place, ports);
  if (typeof head === 'string') return head;
  const { members } = await readFamily(ports.harbor, place, { head, reach: 'copied' });
  const kept = namesOf(head).filter((name) => formerTag(head.digest, name).kind !== 'foreign');
  const foreign = namesOf(head).filter((name) => !kept.includes(name));
  const wanted = [...kept, ...trashTags(head.digest, foreign)];
  const bad = await renameFamily(
    { place, head, members, wanted: foreign.length === 0 && kept.length > 0 ? kept : wanted },
    ports,
  );
  if (bad !== undefined)
    return `renaming its copy in the trash: ${'because' in bad ? bad.because : bad.result}`;
  const again = await readCopy(item, place, ports);
  if (typeof again === 'string') return again;
  const family = await readFamily(ports.harbor, place, { head: again, reach: 'copied' });
  const all = [again, ...family.members.flatMap(({ artifact }) => artifact ?? [])];
  return all.every(hasOwnTagsOnly) ? undefined : 'the tags of its copy could not be renamed';
}

async function readCopy(
  item: RestoreItem,
  place: Place,
  ports: ApplyPorts,
): Promise<Artifact | string> {
  const copy = await ports.harbor.readArtifact(place, item.digest);
  if (copy.kind === 'gone') return 'its copy is not in the trash';
  if (copy.artifact.tags === 'unknown') return 'the tags of its copy can’t be read';
  if (item.proof === 'trash' && !bearsOwnTag(copy.artifact))
    return 'what lies at its place in the trash is not a copy of ours';
  return copy.artifact;
}

/**
 * Whether all tags of an artifact are the trash's own, so that copying it back can move none
 * (docs/harbor.md#t41-copying-moves-tags).
 */
export function hasOwnTagsOnly({ digest, tags }: Artifact): boolean {
  return tags !== 'unknown' && tags.every(({ name }) => formerTag(digest, name).kind !== 'foreign');
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}
