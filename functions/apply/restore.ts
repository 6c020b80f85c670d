import type { Artifact } from '../domain/artifact.ts';
import { formerTag, trashTag } from '../domain/trash.ts';
import type { ArtifactNow, HarborInspector, WriteAnswer } from '../ports.ts';
import { type Hands, isOfHarbor, pauseBefore, tries } from './hands.ts';
import { missingPart } from './move-to-trash.ts';
import {
  ownTagsOnly,
  planRestore,
  type RestoreFacts,
  type RestoreItem,
  type RestoreStep,
} from './plan-restore.ts';

export type Restored =
  | { readonly result: 'restored' | 'complete'; readonly step: RestoreStep }
  | { readonly result: 'lost'; readonly step: RestoreStep }
  | { readonly result: 'failed'; readonly step: RestoreStep; readonly because: string };

export interface RestoreContext {
  readonly hands: Hands;
  /** Ids of labels by name, of the item's project. */
  readonly labels: ReadonlyMap<string, number>;
}

/** Looks at an item and says what is to be done. @throws RetentionError if Harbor can't be asked */
export async function lookAt(
  item: RestoreItem,
  harbor: Pick<HarborInspector, 'readArtifact' | 'readTag'>,
): Promise<RestoreStep> {
  const original = await harbor.readArtifact(item.place, item.digest);
  const copy =
    item.trash === undefined ? undefined : await harbor.readArtifact(item.trash, item.digest);
  const tagsNow = new Map<string, string | undefined>();
  for (const tag of item.tags) tagsNow.set(tag, await harbor.readTag(item.place, tag));
  const facts: RestoreFacts = { original, copy, tagsNow };
  return planRestore(item, facts);
}

/**
 * Puts one item back by the safe way (harbor.md §20.1): the copy has only tags of its own, so copying it back moves
 * none; each wanted tag is created with the call that never moves one; then the trash's tags are removed. May be
 * repeated after any interruption. The trash is emptied in a phase of its own.
 */
export async function restoreItem(item: RestoreItem, context: RestoreContext): Promise<Restored> {
  let step: RestoreStep | undefined;
  try {
    step = withLabelsThereAre(await lookAt(item, context.hands.harbor), context.labels);
    if (step.fate === 'lost') return { result: 'lost', step };
    if (step.fate === 'complete') return { result: 'complete', step };
    const because = await carryOut(step, context);
    return because === undefined
      ? { result: 'restored', step }
      : { result: 'failed', step, because };
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return { result: 'failed', step: step ?? nothingKnown(item), because: error.message };
  }
}

/** A label that was deleted since can't come back; that is said, and the rest goes on. */
function withLabelsThereAre(step: RestoreStep, labels: ReadonlyMap<string, number>): RestoreStep {
  const lost = step.addLabels.filter((label) => !labels.has(label));
  if (lost.length === 0) return step;
  return {
    ...step,
    addLabels: step.addLabels.filter((label) => labels.has(label)),
    notes: [...step.notes, ...lost.map((label) => `label ${label} does not exist any more`)],
  };
}

/** Why it failed, or undefined. */
async function carryOut(step: RestoreStep, context: RestoreContext): Promise<string | undefined> {
  const { item } = step;
  const { hands } = context;
  const target = { ...item.place, digest: item.digest };
  if (step.copies) {
    const copied = await copyBack(item, hands);
    if (copied !== undefined) return copied;
  }
  const now = await hands.harbor.readArtifact(item.place, item.digest);
  if (now.kind === 'gone') return 'it is not there after copying it back';
  for (const tag of step.createTags) {
    const answer = await hands.harbor.createTag(target, tag);
    const isSet =
      answer.kind === 'done' || (await hands.harbor.readTag(item.place, tag)) !== undefined;
    if (!isSet) return `creating tag ${tag}: ${inWords(answer)}`;
  }
  for (const label of step.addLabels) {
    const id = context.labels.get(label);
    if (id === undefined) return `label ${label} is not known`;
    const answer = await hands.harbor.addLabel(target, id);
    if (answer.kind !== 'done' && answer.kind !== 'conflict')
      return `adding label ${label}: ${inWords(answer)}`;
  }
  return await removeTrashTags(now.artifact, item, hands);
}

/** Undefined if the item is back in its place. */
async function copyBack(item: RestoreItem, hands: Hands): Promise<string | undefined> {
  const { trash, digest } = item;
  if (trash === undefined) return 'it was deleted without a copy';
  const from = { ...trash, digest };
  const renamed = await renameRest(from, item, hands);
  if (renamed !== undefined) return renamed;
  let because = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) await hands.pause(pauseBefore(attempt));
    const answer = await hands.harbor.copyArtifact(from, item.place);
    if (answer.kind === 'done') return undefined;
    if (answer.kind !== 'lost' && answer.kind !== 'rolled-back')
      return `copying it back: ${inWords(answer)}`;
    const now = await hands.harbor.readArtifact(item.place, digest);
    if (now.kind === 'there') return undefined;
    because = answer.because;
  }
  return `copying it back failed ${tries} times: ${because}`;
}

/**
 * A run that was cut off may have left a copy under its old names: copied back, they would move tags that live
 * elsewhere by now (harbor.md T41). They are renamed first.
 */
async function renameRest(
  from: { readonly project: string; readonly repository: string; readonly digest: string },
  item: RestoreItem,
  hands: Hands,
): Promise<string | undefined> {
  const copy: ArtifactNow = await hands.harbor.readArtifact(from, from.digest);
  if (copy.kind === 'gone') return 'its copy is not in the trash';
  if (ownTagsOnly(copy.artifact)) return undefined;
  if (copy.artifact.tags === 'unknown') return 'the tags of its copy can’t be read';
  for (const { name } of copy.artifact.tags) {
    if (formerTag(from.digest, name).kind !== 'foreign') continue;
    const own = trashTag(from.digest, name);
    const created = await hands.harbor.createTag(from, own);
    if (created.kind !== 'done' && created.kind !== 'conflict')
      return `renaming ${name} in the trash: ${inWords(created)}`;
    const removed = await hands.harbor.removeTag(from, name);
    if (removed.kind !== 'done' && removed.kind !== 'missing')
      return `renaming ${name} in the trash: ${inWords(removed)}`;
  }
  const again = await hands.harbor.readArtifact(from, item.digest);
  return again.kind === 'there' && ownTagsOnly(again.artifact)
    ? undefined
    : 'the tags of its copy could not be renamed';
}

/** The trash's names came along with the copy (harbor.md T42). */
async function removeTrashTags(
  artifact: Artifact,
  item: RestoreItem,
  hands: Hands,
): Promise<string | undefined> {
  const target = { ...item.place, digest: item.digest };
  if (artifact.tags === 'unknown') return 'its tags can’t be read';
  for (const { name } of artifact.tags) {
    const isOurs = formerTag(artifact.digest, name).kind !== 'foreign' && !item.tags.includes(name);
    if (!isOurs) continue;
    const answer = await hands.harbor.removeTag(target, name);
    if (answer.kind !== 'done' && answer.kind !== 'missing')
      return `removing the trash's tag ${name}: ${inWords(answer)}`;
  }
  return undefined;
}

/**
 * Takes a restored item out of the trash, if it is back in its place. Never while anything is copied into the trash
 * (harbor.md T40). Why it stays there, or undefined.
 */
export async function emptyTrashPlace(
  item: RestoreItem,
  hands: Hands,
): Promise<string | undefined> {
  if (item.trash === undefined) return undefined;
  try {
    const original = await hands.harbor.readArtifact(item.place, item.digest);
    if (original.kind === 'gone') return 'it is not back in its place';
    const copy = await hands.harbor.readArtifact(item.trash, item.digest);
    if (copy.kind === 'gone') return undefined;
    // Somebody may have pushed the same digest again, without the signatures that only the copy still has.
    const missing =
      copy.artifact.accessories === 'unknown'
        ? 'its accessories can’t be read'
        : missingPart(copy.artifact, original.artifact);
    if (missing !== undefined) return `in its place ${missing}; the copy in the trash has it`;
    const answer = await hands.harbor.deleteArtifact(item.trash, item.digest);
    if (answer.kind === 'done' || answer.kind === 'missing') return undefined;
    const after = await hands.harbor.readArtifact(item.trash, item.digest);
    return after.kind === 'gone' ? undefined : inWords(answer);
  } catch (error) {
    if (isOfHarbor(error)) return error.message;
    throw error;
  }
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}

function nothingKnown(item: RestoreItem): RestoreStep {
  return {
    item,
    fate: 'restore',
    copies: false,
    createTags: [],
    taken: [],
    addLabels: [],
    notes: [],
  };
}
