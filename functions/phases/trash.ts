import { defined } from '../domain/defined.ts';
import { memoryOf } from '../store/harbor-memory.ts';
import type { Purge } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import { type Graph, graphOf, isUntaggedChild } from '../domain/graph.ts';
import type { Duration } from '../domain/instant.ts';
import type { PurgeTotals } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { RollOut } from '../domain/roll-out.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import { writeFacts } from '../inventory/facts-file.ts';
import { hasProjectList, parseHarborVersion } from '../domain/harbor-version.ts';
import { cutIntoParts } from '../inventory/cut-into-parts.ts';
import type { Survey } from '../inventory/preflight.ts';
import { readPart } from '../inventory/read-part.ts';
import {
  type Candidate,
  dueOf,
  type Purging,
  purgeTrash,
  type TrashedRepository,
} from '../plan/purge-trash.ts';
import { type RegretsInRepository, regretsIn, summedRegrets } from '../plan/regrets.ts';
import { holdOnCopy, longestPromise } from '../plan/trash-promises.ts';
import { trimPurges } from '../plan/trim-purges.ts';
import type { World } from '../ports.ts';
import { planEmpty } from './empty.ts';
import { done, type Step } from './phase.ts';
import { loadHistory } from '../store/run-history.ts';
import { requireDraft, saveDraft } from '../store/plan-draft.ts';
import { readPromises } from '../store/promises.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { type RunState, judgedAt } from '../store/run-state.ts';

/** Notes of the trash that are kept for the report. */
const shownNotes = 20;

interface PlanningPurge {
  readonly policy: Policy;
  readonly registry: RegistryFacts;
  readonly survey: Survey;
}

/** What goes besides the artifacts that rules condemn: empty repositories, and what of the trash is due. */
export const planTrash: Step = async (state, tools) => {
  await planEmpty(state, tools, tools.world);
  await planPurge(state, tools, tools.world);
  return done(state);
};

/** Reads the trash and plans the purge of what is due. A trash that is not ready is left untouched; a rail says why. */
async function planPurge(state: RunState, given: PlanningPurge, world: World): Promise<void> {
  const { policy, registry, survey } = given;
  const { trash } = survey;
  const isReady = registry.trash !== undefined && registry.trash.problems.length === 0;
  if (policy.trash === 'off' || trash === undefined || !isReady) return;
  const draft = await requireDraft(world.store, state.runId);
  const { keepFor } = policy.trash;
  const { rollOut } = draft;
  const found = await lookThrough(state, { ...given, trash, keepFor, rollOut }, world);
  const longest = longestPromise(
    policy.trash.keepFor,
    await loadHistory(memoryOf(world.store, registry.harbor.url)),
  );
  const of = { trash: trash.project.name, harbor: registry.harbor.url };
  const promises = await readPromises(found.candidates, of, world.store);
  const now = judgedAt(state);
  const { due, staying, notes } = dueOf(found.candidates, promises, { longest, now });
  const { going, deferred, setAside } = trimPurges(due, policy.limits);
  const purge: PurgeTotals = {
    project: trash.project.name,
    deletions: going.length,
    deletionBytes: bytesOf(going),
    deferred,
    waiting: found.waiting + staying.length,
    waitingBytes: found.waitingBytes + bytesOf(staying),
    actions: await writePurges(going, stateKeys(state.runId).purge, world),
  };
  const trashNotes = [...found.notes, ...notes].slice(0, shownNotes);
  const { trashParts } = found;
  const planned = {
    ...draft,
    purge,
    trashNotes,
    trashParts,
    ...defined({ regrets: draft.rollOut === undefined ? undefined : summedRegrets(found.regrets) }),
    ...(setAside.length === 0 ? {} : { purgesSetAside: setAside }),
  };
  await saveDraft(world.store, state.runId, planned);
}

interface FoundInTrash extends TrashedRepository {
  /** Parts in which it lies as it was read, for the ledger. */
  readonly trashParts: number;
  /** Only where the policy is rolled out. */
  readonly regrets: readonly RegretsInRepository[];
}

/** Reads the whole trash, children as well: what is pulled by the digest of a child is in use. */
async function lookThrough(
  state: RunState,
  given: PlanningPurge & {
    readonly trash: NonNullable<Survey['trash']>;
    readonly keepFor: Duration;
    readonly rollOut: RollOut | undefined;
  },
  world: World,
): Promise<FoundInTrash> {
  const { registry, trash, keepFor, rollOut } = given;
  const candidates: Candidate[] = [];
  const notes: string[] = [];
  // A sign may lie in a repository that the list does not show.
  const regrets: RegretsInRepository[] =
    trash.unlisted === undefined ? [] : [{ regrets: [], unknown: [trash.unlisted] }];
  let trashParts = 0;
  let waiting = 0;
  let waitingBytes = 0;
  const cutting = { hasProjectList: hasProjectList(parseHarborVersion(registry.harbor.version)) };
  for (const part of cutIntoParts([trash.project], trash.heads, cutting)) {
    const options = { withChildren: true, confirmUntagged: false, unplannable: {} };
    const read = await readPart(world.harbor, part, options);
    if (world.ledger !== undefined) {
      await storeTrash(read, stateKeys(state.runId).trash(trashParts), world);
      trashParts += 1;
    }
    for (const facts of read) {
      const place = { project: facts.head.project, repository: facts.head.name };
      const holdOn = (artifact: Artifact, graph: Graph) =>
        holdOnCopy({ place, artifact, graph }, given);
      const heldBy: Purging['heldBy'] = (artifact, graph) => holdOn(artifact, graph)?.because;
      const found = purgeTrash(facts, { keepFor, now: judgedAt(state), heldBy });
      if (rollOut !== undefined)
        regrets.push(regretsIn(facts, { startedAt: rollOut.startedAt, holdOn }));
      candidates.push(...found.candidates);
      notes.push(...found.notes);
      waiting += found.waiting;
      waitingBytes += found.waitingBytes;
    }
  }
  return { candidates, notes, waiting, waitingBytes, trashParts, regrets };
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
