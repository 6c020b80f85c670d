import type { Purge } from '../domain/action.ts';
import type { PurgeTotals } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import { writeFacts } from '../inventory/facts-file.ts';
import { hasProjectList } from '../inventory/lists.ts';
import { cutIntoParts } from '../inventory/parts.ts';
import type { Survey } from '../inventory/preflight.ts';
import { readPart } from '../inventory/read-part.ts';
import { purgeTrash, trimPurges } from '../plan/purge-trash.ts';
import type { World } from '../ports.ts';
import { planEmpty } from './empty-step.ts';
import { requireDraft, saveDraft } from './plan-draft.ts';
import { type RunState, stateKeys, judgedAt } from './run-state.ts';

/** Notes of the trash that are kept for the report. */
const shownNotes = 20;

export interface PlanningPurge {
  readonly policy: Policy;
  readonly registry: RegistryFacts;
  readonly survey: Survey;
}

/** What goes besides the artifacts that rules condemn: empty repositories, and what of the trash is due. */
export async function planTrash(
  state: RunState,
  given: PlanningPurge,
  world: World,
): Promise<RunState> {
  await planEmpty(state, given, world);
  return await planPurge(state, given, world);
}

/** Reads the trash and plans what of it is due. A trash that is not ready is left alone; a rail says why. */
async function planPurge(
  state: RunState,
  { policy, registry, survey }: PlanningPurge,
  world: World,
): Promise<RunState> {
  const { trash } = survey;
  const isReady = registry.trash !== undefined && registry.trash.problems.length === 0;
  if (policy.trash === 'off' || trash === undefined || !isReady)
    return { ...state, phase: 'ledger' };
  const draft = await requireDraft(world.store, state.runId);
  const due: Purge[] = [];
  const notes: string[] = [];
  let trashParts = 0;
  let waiting = 0;
  let waitingBytes = 0;
  const cutting = { hasProjectList: hasProjectList(registry.harbor.version) };
  for (const part of cutIntoParts([trash.project], trash.heads, cutting)) {
    const options = { withChildren: false, confirmUntagged: false, unplannable: {} };
    const read = await readPart(world.harbor, part, options);
    if (world.ledger !== undefined) {
      await storeTrash(read, stateKeys(state.runId).trash(trashParts), world);
      trashParts += 1;
    }
    for (const facts of read) {
      const found = purgeTrash(facts, { keepFor: policy.trash.keepFor, now: judgedAt(state) });
      due.push(...found.due);
      notes.push(...found.notes);
      waiting += found.waiting;
      waitingBytes += found.waitingBytes;
    }
  }
  const { going, deferred, setAside } = trimPurges(due, policy.limits);
  const purge: PurgeTotals = {
    project: trash.project.name,
    deletions: going.length,
    deletionBytes: bytesOf(going),
    deferred,
    waiting,
    waitingBytes,
    actions: await writePurges(going, stateKeys(state.runId).purge, world),
  };
  const trashNotes = notes.slice(0, shownNotes);
  const purgesSetAside = { ...(setAside.length === 0 ? {} : { purgesSetAside: setAside }) };
  const planned = { ...draft, purge, trashNotes, trashParts, ...purgesSetAside };
  await saveDraft(world.store, state.runId, planned);
  return { ...state, phase: 'ledger' };
}

/** The ledger looks at it again. */
async function storeTrash(
  facts: readonly RepositoryFacts[],
  key: string,
  world: World,
): Promise<void> {
  const writer = world.store.openPart(key);
  await writeFacts(writer, facts);
  await writer.close();
}

function bytesOf(purges: readonly Purge[]): number {
  let bytes = 0;
  for (const { size } of purges) bytes += size;
  return bytes;
}

async function writePurges(
  purges: readonly Purge[],
  key: string,
  world: World,
): Promise<PurgeTotals['actions']> {
  if (purges.length === 0) return [];
  const writer = world.store.openPart(key);
  for (const purge of purges) await writer.write(JSON.stringify(purge));
  const { lines, sha256 } = await writer.close();
  return [{ key, actions: lines, sha256 }];
}
