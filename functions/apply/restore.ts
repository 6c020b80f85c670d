import type { Carried } from './settle-family.ts';
import type { HarborInspector, WriteAnswer } from '../ports.ts';
import { copyBack } from './copy-back.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { isOfHarbor } from './write-result.ts';
import {
  namedByCopy,
  planRestore,
  type RestoreFacts,
  type RestoreItem,
  type RestoreStep,
} from './plan-restore.ts';
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
  const original = await harbor.readArtifact(wanted.place, wanted.digest);
  const copy =
    wanted.trash === undefined ? undefined : await harbor.readArtifact(wanted.trash, wanted.digest);
  const item = namedByCopy(wanted, copy);
  const tagsNow = new Map<string, string | undefined>();
  for (const tag of item.tags) tagsNow.set(tag, await harbor.readTag(item.place, tag));
  const facts: RestoreFacts = { original, copy, tagsNow };
  return planRestore(item, facts);
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
    const looked = await lookAt(item, context.ports.harbor);
    step = withLabelsThereAre(looked, context.labels);
    if (step.fate !== 'restore') return { result: step.fate, step };
    const { because, notes } = await carryOut(step, context);
    step = { ...step, notes: [...step.notes, ...notes] };
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

async function carryOut(step: RestoreStep, context: RestoreContext): Promise<Carried> {
  const { item } = step;
  const { ports } = context;
  if (step.copies) {
    const because = await copyBack(item, ports);
    if (because !== undefined) return { because, notes: [] };
  }
  const settled = await settleFamily(step, ports);
  if (settled.because !== undefined) return settled;
  const notes = [...settled.notes];
  for (const label of step.addLabels) {
    const id = 'because' in context.labels ? undefined : context.labels.get(label);
    if (id === undefined) continue;
    const answer = await ports.harbor.addLabel({ ...item.place, digest: item.digest }, id);
    if (answer.kind !== 'done' && answer.kind !== 'conflict')
      notes.push(notPutBack(label, inWords(answer)));
  }
  return { notes };
}

function nothingKnown(item: RestoreItem): RestoreStep {
  const none = { createTags: [], taken: [], addLabels: [], notes: [] };
  return { item, fate: 'restore', copies: false, ...none };
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}
