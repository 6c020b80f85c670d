import { plannedIn } from '../store/planned-actions.ts';
import type { Digest } from '../domain/artifact.ts';
import { fullName, type RepositoryFacts, type RepositoryHead } from '../domain/repository.ts';
import { formerTag } from '../domain/trash.ts';
import { readFacts } from '../inventory/facts-file.ts';
import type { Survey } from '../inventory/preflight.ts';
import { keyOf, type ManifestRow, shareOf } from '../ledger/manifest.ts';
import { roles } from '../ledger/role.ts';
import { mostBytes, usesOf } from '../ledger/uses.ts';
import type { PartWriter, RunStore } from '../ports.ts';
import type { PlanDraft } from '../store/plan-draft.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { type RunState } from '../store/run-state.ts';

/** The whole registry with its trash, as rows of manifests in this many shares; and what to know of them. */
export interface LedgerRows {
  readonly shares: number;
  /** Names of projects and `project/repository`, by position in the rows. */
  readonly projects: readonly string[];
  readonly repositories: readonly RepositoryHead[];
  /** Projects, by position, that hold artifacts which nobody has listed. */
  readonly unlisted: ReadonlySet<number>;
  /** Position of the trash project, if there is one. */
  readonly trash?: number;
  /** Where something goes. */
  readonly near: { readonly repositories: Set<number>; readonly projects: Set<number> };
  /** By position of the project: sizes of all that goes, shared layers counted each time. */
  readonly most: ReadonlyMap<number, number>;
}

/** Manifests in a share: some 15 MB while they are looked at. */
const perShare = 40_000;

/** The next power of two, up to 256, of shares that are no larger than that. */
export function sharesFor(count: number, largest: number): number {
  let shares = 1;
  while (shares < 256 && count / shares > largest) shares *= 2;
  return shares;
}

/** Where projects of these names stand. */
export function positionsOf(
  { projects }: Pick<LedgerRows, 'projects'>,
  names: readonly string[],
): ReadonlySet<number> {
  return new Set(projects.flatMap((name, at) => (names.includes(name) ? [at] : [])));
}

interface RowCollection {
  readonly rows: LedgerRows & {
    readonly unlisted: Set<number>;
    readonly most: Map<number, number>;
  };
  readonly write: (row: ManifestRow) => Promise<void>;
  /** By id of the repository. */
  readonly positions: ReadonlyMap<number, number>;
  readonly projectsByName: ReadonlyMap<string, number>;
}

/** Writes the rows; the same inventory and plan write the same ones again. */
export async function collectRows(
  state: RunState,
  { survey, draft }: { readonly survey: Survey; readonly draft: PlanDraft },
  store: RunStore,
): Promise<LedgerRows> {
  const rows = emptyRows(survey, draft, sharesFor(state.artifactsRead, perShare));
  const { writers, write } = rowWriters(state, rows.shares, store);
  const collecting: RowCollection = {
    rows,
    write,
    positions: new Map(rows.repositories.map(({ id }, at) => [id, at])),
    projectsByName: new Map(rows.projects.map((name, at) => [name, at])),
  };
  const keys = stateKeys(state.runId);
  const written = new Set(draft.actions.map(({ key }) => key));
  for (let part = 0; part < state.parts; part += 1) {
    const key = keys.actions(part);
    const deleted = written.has(key) ? await digestsIn(store, [key]) : noDigests;
    const facts = readFacts(store.readPart(keys.facts(part)), keys.facts(part));
    for await (const one of facts) await collectRepository(collecting, one, deleted);
  }
  const due = await digestsIn(store, draft.purge?.actions.map(({ key }) => key) ?? []);
  for (let part = 0; part < (draft.trashParts ?? 0); part += 1) {
    const facts = readFacts(store.readPart(keys.trash(part)), keys.trash(part));
    for await (const one of facts) await collectTrash(collecting, one, due);
  }
  for (const writer of writers) await writer.close();
  return rows;
}

function emptyRows(survey: Survey, draft: PlanDraft, shares: number): RowCollection['rows'] {
  const { projects, heads, trash } = survey;
  const all = trash === undefined ? projects : [...projects, trash.project];
  const unlisted = new Set(
    all.flatMap(({ name }, at) => (survey.unplannable[name] === undefined ? [] : [at])),
  );
  // A trash that is not ready is not read.
  const isUnread = draft.trashParts === undefined && (trash?.heads.length ?? 0) > 0;
  if (isUnread) unlisted.add(projects.length);
  return {
    shares,
    projects: all.map(({ name }) => name),
    repositories: trash === undefined ? heads : [...heads, ...trash.heads],
    unlisted,
    ...(trash === undefined ? {} : { trash: projects.length }),
    near: { repositories: new Set(), projects: new Set() },
    most: new Map(),
  };
}

function rowWriters(state: RunState, shares: number, store: RunStore) {
  const keys = stateKeys(state.runId);
  const writers: readonly PartWriter[] = Array.from({ length: shares }, (_, share) =>
    store.openPart(keys.ledgerRows(share)),
  );
  const write = async (row: ManifestRow): Promise<void> => {
    await writers[shareOf(keyOf(row[0]), shares)]?.write(JSON.stringify(row));
  };
  return { writers, write };
}

type DeletedDigests = ReadonlyMap<string, ReadonlySet<Digest>>;
const noDigests: DeletedDigests = new Map();
const nothing: ReadonlySet<Digest> = new Set();

/** What deletions and purges name, by `project/repository`. */
async function digestsIn(store: RunStore, keys: readonly string[]): Promise<DeletedDigests> {
  const found = new Map<string, Set<Digest>>();
  for (const key of keys) {
    for await (const action of plannedIn(store, key)) {
      if (action.kind !== 'delete-artifact' && action.kind !== 'purge') continue;
      const name = `${action.project}/${action.repository}`;
      const digests = found.get(name) ?? new Set();
      found.set(name, digests.add(action.digest));
    }
  }
  return found;
}

/** Where its rows belong, and what was listed of it; that something was not is noted. */
function listedIn(facts: RepositoryFacts, { rows, positions, projectsByName }: RowCollection) {
  const project = projectsByName.get(facts.head.project) ?? -1;
  const repository = positions.get(facts.head.id) ?? -1;
  if (facts.kind !== 'complete') rows.unlisted.add(project);
  const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  return { project, repository, artifacts };
}

async function collectRepository(
  collecting: RowCollection,
  facts: RepositoryFacts,
  deleted: DeletedDigests,
): Promise<void> {
  const { rows, write } = collecting;
  const { project, repository, artifacts } = listedIn(facts, collecting);
  const gone = deleted.get(fullName(facts.head)) ?? nothing;
  for (const { digest, cap, goes } of usesOf(artifacts, gone)) {
    await write([digest, cap, goes ? roles.goes : roles.stays, project, repository]);
  }
  if (gone.size === 0) return;
  rows.near.repositories.add(repository);
  rows.near.projects.add(project);
  rows.most.set(project, (rows.most.get(project) ?? 0) + mostBytes(artifacts, gone));
}

/** What somebody else put there is never purged. */
async function collectTrash(
  collecting: RowCollection,
  facts: RepositoryFacts,
  due: DeletedDigests,
): Promise<void> {
  const { write } = collecting;
  const { project, repository, artifacts } = listedIn(facts, collecting);
  const foreign = artifacts.filter(
    ({ digest, tags }) =>
      tags !== 'unknown' && !tags.some((tag) => formerTag(digest, tag.name).kind !== 'foreign'),
  );
  const others = new Set(foreign.map(({ digest }) => digest));
  const purged = due.get(fullName(facts.head)) ?? nothing;
  for (const { digest, cap, goes } of usesOf(artifacts, purged)) {
    const role = goes ? roles.due : others.has(digest) ? roles.foreign : roles.waits;
    await write([digest, cap, role, project, repository]);
  }
}
