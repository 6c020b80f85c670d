import type * as z from 'zod';
import type { Known } from '../../domain/instant.ts';
import type { ArtifactScope } from '../../ports.ts';
import { checked } from './checked.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import type { NotedList } from './gathering.ts';
import { keysetPages, offsetList } from './paging.ts';
import { paths } from './paths.ts';
import { wireLabel } from './wire.ts';

/** Ids of the artifacts that bear a label, by Harbor's search for it. */
export interface Labelled {
  readonly name: string;
  readonly artifacts: ReadonlySet<number>;
}

/** Per project, which artifacts bear one of the labels; 'unknown' if that could not be read. */
export type LabelSearch = (scope: ArtifactScope) => Promise<Known<readonly Labelled[]>>;

/** Projects whose findings are kept: parts of a project are read one after the other. */
const remembered = 4;

/**
 * A label list that failed comes as no labels, with 200 (harbor.md §6.4): Harbor's search by label is a second
 * witness, asked once per project. A robot that may not list labels has the first alone.
 */
export function labelSearch(
  client: HarborClient,
  tell: { readonly once: () => void; readonly note: (list: NotedList) => void },
): LabelSearch {
  let global: ReturnType<typeof labelsOf> | undefined;
  const known = new Map<number, Promise<Known<readonly Labelled[]>>>();

  const search = async (
    { project, projectId }: ArtifactScope,
    names: readonly string[],
  ): Promise<readonly Labelled[]> => {
    if (global === undefined) {
      tell.once();
      global = labelsOf(client, { scope: 'g' });
    }
    tell.once();
    const own = await labelsOf(client, { scope: 'p', project_id: projectId });
    const found: Labelled[] = [];
    for (const { id, name } of [...(await global), ...own]) {
      if (!names.includes(name)) continue;
      const artifacts = await bearing(client, project, id);
      tell.note({ project, repository: `label ${id}`, what: 'labels', rows: artifacts.size });
      found.push({ name, artifacts });
    }
    return found;
  };

  return (scope) => {
    const names = scope.confirmLabels ?? [];
    if (names.length === 0) return Promise.resolve([]);
    const before = known.get(scope.projectId);
    if (before !== undefined) return before;
    const reading = search(scope, names).catch((error: unknown) => {
      if (!(error instanceof HarborFailure)) throw error;
      return error.code === 'harbor-denied' || error.code === 'harbor-not-signed-in'
        ? []
        : ('unknown' as const);
    });
    known.set(scope.projectId, reading);
    const [oldest] = known.keys();
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return reading;
  };
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
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for await (const page of keysetPages(client, {
    path: paths.projectArtifacts(project),
    column: 'id',
    field: 'id',
    terms: { base: '*', labels: `(${label})` },
    flags: { with_tag: false },
    kind: 'labelled',
  })) {
    for (const { id } of page) found.add(id);
  }
  return found;
}
