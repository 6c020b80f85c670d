import type { LabelSearch, NotedList, Labelled } from './artifact-lists.ts';
import type * as z from 'zod';
import type { Known } from '../../domain/instant.ts';
import type { ArtifactScope } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { repositoryIdOf } from './read-artifact-list.ts';
import { keysetPages, offsetList } from './paging.ts';
import { paths } from './paths.ts';
import { wireLabel } from './wire.ts';

export interface LabelWitness {
  readonly search: LabelSearch;
  /** Whether this identity may ask at all; 'unknown' if that could not be seen. */
  readonly mayAsk: (projectId: number) => Promise<Known<boolean>>;
}

/** Projects whose findings are kept: parts of a project are read one after the other. */
const remembered = 4;

/**
 * A label list that failed comes as no labels, with 200 (docs/harbor.md#t9-empty-tag-lists): Harbor's search by label
 * is a second witness, asked once per project. A robot that may not list labels has only the first.
 */
export function labelSearch(
  client: HarborClient,
  tell: { readonly once: () => void; readonly note: (list: NotedList) => void },
  isProjectWide: () => boolean,
): LabelWitness {
  const lists = labelLists(client, tell);
  const known = new Map<number, ReturnType<LabelSearch>>();

  const searchIn = async (
    { project, projectId }: ArtifactScope,
    names: readonly string[],
  ): Promise<readonly Labelled[] | 'not-searched'> => {
    const own = await lists.ofProject(projectId);
    const shared = await lists.ofAll();
    const meant = [...shared, ...own].filter(({ name }) => names.includes(name));
    if (meant.length > 0 && !isProjectWide()) return 'not-searched';
    const found: Labelled[] = [];
    for (const { id, name } of meant) {
      const artifacts = await bearing(client, project, id);
      let rows = 0;
      for (const ids of artifacts.values()) rows += ids.size;
      tell.note({ project, repository: `label ${id}`, what: 'labels', rows });
      found.push({ name, artifacts });
    }
    return found;
  };

  const search: LabelSearch = (scope) => {
    const names = scope.confirmLabels ?? [];
    if (names.length === 0) return Promise.resolve([]);
    const before = known.get(scope.projectId);
    if (before !== undefined) return before;
    const reading = searchIn(scope, names).catch((error: unknown) =>
      isDenied(error) ? ('not-searched' as const) : ('unknown' as const),
    );
    known.set(scope.projectId, reading);
    forgetOldest(known);
    return reading;
  };

  return {
    search,
    // The labels of all are open to everybody: those of a project tell.
    mayAsk: (projectId) =>
      lists.ofProject(projectId).then(
        () => true,
        (error: unknown) => (isDenied(error) ? false : 'unknown'),
      ),
  };
}

/** The labels that there are, each list read once. */
function labelLists(client: HarborClient, tell: { readonly once: () => void }) {
  let global: ReturnType<typeof labelsOf> | undefined;

  const ofAll = (): ReturnType<typeof labelsOf> => {
    if (global === undefined) tell.once();
    global ??= labelsOf(client, { scope: 'g' });
    return global;
  };

  const asked = new Map<number, ReturnType<typeof labelsOf>>();
  const ofProject = (projectId: number): ReturnType<typeof labelsOf> => {
    const before = asked.get(projectId);
    if (before !== undefined) return before;
    tell.once();
    const reading = labelsOf(client, { scope: 'p', project_id: projectId });
    asked.set(projectId, reading);
    forgetOldest(asked);
    return reading;
  };
  return { ofAll, ofProject };
}

function forgetOldest(known: Map<number, unknown>): void {
  const [oldest] = known.keys();
  if (known.size > remembered && oldest !== undefined) known.delete(oldest);
}

/**
 * A lost sign-in is no missing permission (docs/harbor.md#t2-the-lock-of-a-user). @throws what is no failure of
 * Harbor's
 */
function isDenied(error: unknown): boolean {
  if (!(error instanceof HarborFailure)) throw error;
  return error.code === 'harbor-denied';
}

async function labelsOf(
  client: HarborClient,
  terms: Readonly<Record<string, string | number>>,
): Promise<readonly z.output<typeof wireLabel>[]> {
  const values = await offsetList(client, paths.labels, { kind: 'small', terms });
  return values.map((value, index) => checked(wireLabel, { id: index + 1, value }, paths.labels));
}

async function bearing(
  client: HarborClient,
  project: string,
  label: number,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const found = new Map<number, Set<number>>();
  for await (const page of keysetPages(client, {
    path: paths.projectArtifacts(project),
    column: 'id',
    field: 'id',
    terms: { base: '*', labels: `(${label})` },
    flags: { with_tag: false },
    kind: 'labelled',
  })) {
    for (const { id, value } of page) {
      const repository = repositoryIdOf(value) ?? 0;
      found.set(repository, (found.get(repository) ?? new Set()).add(id));
    }
  }
  return found;
}
