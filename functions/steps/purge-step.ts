import type { Purge } from '../domain/action.ts';
import { graphOf, isUntaggedChild } from '../domain/graph.ts';
import { type DeletionRecord, readRecord } from '../domain/deletion-record.ts';
import { formatInstant } from '../domain/instant.ts';
import type { PurgeTotals } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import { writeFacts } from '../inventory/facts-file.ts';
import { hasProjectList } from '../inventory/lists.ts';
import { cutIntoParts } from '../inventory/parts.ts';
import type { Survey } from '../inventory/preflight.ts';
import { readPart } from '../inventory/read-part.ts';
import { type Candidate, dueOf, keyOf, type Purging, purgeTrash } from '../plan/purge-trash.ts';
import { holdOnCopy, longestPromise, type Promised, promisesIn } from '../plan/trash-promises.ts';
import { trimPurges } from '../plan/trim-purges.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore, World } from '../ports.ts';
import { planEmpty } from './empty-step.ts';
import { loadHistory } from './guard-step.ts';
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
  const candidates: Candidate[] = [];
  const notes: string[] = [];
  let trashParts = 0;
  let waiting = 0;
  let waitingBytes = 0;
  const { keepFor } = policy.trash;
  const now = judgedAt(state);
  const cutting = { hasProjectList: hasProjectList(registry.harbor.version) };
  for (const part of cutIntoParts([trash.project], trash.heads, cutting)) {
    // Children as well: what is pulled by the digest of a child is in use.
    const options = { withChildren: true, confirmUntagged: false, unplannable: {} };
    const read = await readPart(world.harbor, part, options);
    if (world.ledger !== undefined) {
      await storeTrash(read, stateKeys(state.runId).trash(trashParts), world);
      trashParts += 1;
    }
    for (const facts of read) {
      const place = { project: facts.head.project, repository: facts.head.name };
      const heldBy: Purging['heldBy'] = (artifact, graph) =>
        holdOnCopy({ place, artifact, graph }, { policy, registry });
      const found = purgeTrash(facts, { keepFor, now, heldBy });
      candidates.push(...found.candidates);
      notes.push(...found.notes);
      waiting += found.waiting;
      waitingBytes += found.waitingBytes;
    }
  }
  const longest = longestPromise(keepFor, await loadHistory(world.store));
  const promises = await readPromises(candidates, { trash: trash.project.name, registry }, world);
  const { due, staying, notes: more } = dueOf(candidates, promises, { longest, now });
  notes.push(...more);
  waiting += staying.length;
  waitingBytes += bytesOf(staying);
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

/** The ledger looks at it again; it finds untagged children by their indexes. */
async function storeTrash(
  facts: readonly RepositoryFacts[],
  key: string,
  world: World,
): Promise<void> {
  const writer = world.store.openPart(key);
  await writeFacts(writer, facts.map(withoutUntaggedChildren));
  await writer.close();
}

function withoutUntaggedChildren(facts: RepositoryFacts): RepositoryFacts {
  const all = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  const graph = graphOf(all);
  const artifacts = all.filter((artifact) => !isUntaggedChild(graph, artifact));
  return facts.kind === 'complete' ? { ...facts, artifacts } : { ...facts, seen: artifacts };
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

/** A run's records are filed under the day of its id; a plan is carried out for two days at most. */
const daysOfARun = { before: 3, after: 1 } as const;
const day = 24 * 60 * 60_000;

/** What the records of the runs of those days promised of the candidates. */
async function readPromises(
  candidates: readonly Candidate[],
  of: { readonly trash: string; readonly registry: RegistryFacts },
  { store }: World,
): Promise<ReadonlyMap<string, Promised>> {
  const days = new Set<string>();
  for (const { purge } of candidates) {
    for (let offset = -daysOfARun.before; offset <= daysOfARun.after; offset += 1)
      days.add(
        formatInstant(purge.trashedAt + offset * day)
          .slice(0, 10)
          .replaceAll('-', '/'),
      );
  }
  const wanted = new Set(candidates.map(({ purge }) => keyOf(purge)));
  const records: DeletionRecord[] = [];
  for (const one of [...days].toSorted()) {
    for (const key of await store.list(`reports/records/${one}/`)) {
      for await (const record of recordsIn(store, key)) {
        const isMeant = record.harbor === of.registry.harbor.url;
        if (isMeant && [...promisesIn([record], of.trash).keys()].some((copy) => wanted.has(copy)))
          records.push(record);
      }
    }
  }
  return promisesIn(records, of.trash);
}

/** What can't be read, or was changed, promises nothing that is known: the copy then stays for the longest. */
async function* recordsIn(store: RunStore, key: string): AsyncIterable<DeletionRecord> {
  try {
    for await (const line of store.readPart(key)) {
      const read = readRecord(line);
      if (read.ok) yield read.record;
    }
  } catch (error) {
    if (!(error instanceof RetentionError) || error.code !== 'state-invalid') throw error;
  }
}
