import type { Artifact } from '../domain/artifact.ts';
import type { Carried } from './settle-family.ts';
import type { HarborInspector, WriteAnswer } from '../ports.ts';
import { copyBack, hasOwnTagsOnly, sendBack } from './copy-back.ts';
import { readFamily } from './read-family.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { isOfHarbor } from './write-result.ts';
import { namedByCopy, type RestoreItem } from './restore-item.ts';
import { planRestore, type RestoreFacts, type RestoreStep } from './plan-restore.ts';
import { settleFamily } from './settle-family.ts';

export type Restored =
  | { readonly result: 'restored' | 'complete' | 'lost' | 'nothing'; readonly step: RestoreStep }
  | { readonly result: 'failed'; readonly step: RestoreStep; readonly because: string };

/** Ids of labels by name, of one project; or why they can't be listed. */
export type Labels = ReadonlyMap<string, number> | { readonly because: string };

export interface RestoreContext {
  readonly ports: ApplyPorts;
  readonly labels: Labels;
}

/** Looks at an item and says what is to be done. @throws RetentionError if Harbor can't be asked */
export async function lookAt(
  wanted: RestoreItem,
  harbor: Pick<HarborInspector, 'readArtifact' | 'readTag'>,
): Promise<RestoreStep> {
  const { original, copy } = await readBoth(wanted, harbor);
  const item = namedByCopy(wanted, copy);
  return planRestore(item, { original, copy, tagsNow: await tagsNow(item, harbor) });
}

async function readBoth(
  { place, trash, digest }: RestoreItem,
  harbor: Pick<HarborInspector, 'readArtifact'>,
): Promise<Pick<RestoreFacts, 'original' | 'copy'>> {
  const original = await harbor.readArtifact(place, digest);
  const copy = trash === undefined ? undefined : await harbor.readArtifact(trash, digest);
  return { original, copy };
}

async function tagsNow(
  { place, tags }: RestoreItem,
  harbor: Pick<HarborInspector, 'readTag'>,
): Promise<RestoreFacts['tagsNow']> {
  const now = new Map<string, string | undefined>();
  for (const tag of tags) now.set(tag, await harbor.readTag(place, tag));
  return now;
}

/** What is to be done for an item, and its copy with all that hangs on it if that was read directly before. */
interface Looked {
  readonly step: RestoreStep;
  readonly copies?: readonly Artifact[];
}

/**
 * Looks at an item that is to be put back. Where it is gone, its tags are not asked for: creating one never moves it, and
 * says whether it is taken. The copy is then read last, because its tags must not have changed when it is copied back.
 */
async function lookToRestore(wanted: RestoreItem, harbor: HarborInspector): Promise<Looked> {
  const { original, copy } = await readBoth(wanted, harbor);
  const item = namedByCopy(wanted, copy);
  const isGone = original.kind === 'gone';
  const tags = isGone ? new Map<string, string>() : await tagsNow(item, harbor);
  const step = planRestore(item, { original, copy, tagsNow: tags });
  if (!step.copies || item.trash === undefined || copy?.kind !== 'there') return { step };
  const { members } = await readFamily(harbor, item.trash, {
    head: copy.artifact,
    reach: 'copied',
  });
  const copies = [copy.artifact, ...members.flatMap(({ artifact }) => artifact ?? [])];
  return copies.every(hasOwnTagsOnly) ? { step, copies } : { step };
}

/**
 * Puts one item back by the safe way (docs/harbor.md#copying): the copy and everything that hangs on it have only
 * tags of the trash's own, so copying them back moves none; each manifest is put again by digest, so that a deletion
 * by somebody else at that moment can't have cut its layers (T40); each wanted tag is created with the call that
 * never moves one; then the trash's tags leave the user's repository. Nothing is deleted: the copy stays, marked as
 * restored, for the purge. May be repeated after any interruption.
 */
export async function restoreItem(item: RestoreItem, context: RestoreContext): Promise<Restored> {
  let step: RestoreStep | undefined;
  try {
    const looked = await lookToRestore(item, context.ports.harbor);
    step = withLabelsThereAre(looked.step, context.labels);
    if (step.fate !== 'restore') return { result: step.fate, step };
    const { because, notes, taken } = await carryOut({ ...looked, step }, context);
    step = {
      ...step,
      createTags: step.createTags.filter((tag) => taken.every((one) => one.tag !== tag)),
      taken: [...step.taken, ...taken],
      notes: [...step.notes, ...notes],
    };
    return because === undefined
      ? { result: 'restored', step }
      : { result: 'failed', step, because };
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return { result: 'failed', step: step ?? nothingKnown(item), because: error.message };
  }
}

/** A label that was deleted since, or can't be looked up, does not come back; that is said, and the rest is restored. */
function withLabelsThereAre(step: RestoreStep, labels: Labels): RestoreStep {
  if ('because' in labels) {
    const notes = step.addLabels.map((label) => notPutBack(label, labels.because));
    return { ...step, addLabels: [], notes: [...step.notes, ...notes] };
  }
  const lost = step.addLabels.filter((label) => !labels.has(label));
  if (lost.length === 0) return step;
  return {
    ...step,
    addLabels: step.addLabels.filter((label) => labels.has(label)),
    notes: [...step.notes, ...lost.map((label) => `label ${label} does not exist any more`)],
  };
}

function notPutBack(label: string, because: string): string {
  return `label ${label} could not be put back: ${because}`;
}

async function carryOut({ step, copies }: Looked, context: RestoreContext): Promise<Carried> {
  const { item } = step;
  const { ports } = context;
  if (step.copies) {
    const because =
      copies === undefined ? await copyBack(item, ports) : await sendBack(item, ports);
    if (because !== undefined) return { because, notes: [], taken: [] };
  }
  const settled = await settleFamily(step, ports, copies);
  if (settled.because !== undefined) return settled;
  const notes = [...settled.notes];
  for (const label of step.addLabels) {
    const id = 'because' in context.labels ? undefined : context.labels.get(label);
    if (id === undefined) continue;
    const answer = await ports.harbor.addLabel({ ...item.place, digest: item.digest }, id);
    if (answer.kind !== 'done' && answer.kind !== 'conflict')
      notes.push(notPutBack(label, inWords(answer)));
  }
  return { notes, taken: settled.taken };
}

function nothingKnown(item: RestoreItem): RestoreStep {
  const none = { createTags: [], taken: [], addLabels: [], notes: [] };
  return { item, fate: 'restore', copies: false, ...none };
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}
