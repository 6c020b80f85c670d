import type { DeletionRecord } from '../../../functions/domain/deletion-record.ts';
import { formerTag } from '../../../functions/domain/trash.ts';
import type { EmbeddedHarbor } from '../../sandbox/harbor/index.ts';
import { type Call, laterRun } from '../../support/other-actors.ts';
import { type Around, isThere, type Named, nameOf, request, rowIn, trash } from './scene.ts';

/** Where every tag of those projects is. */
export function tagsIn(harbor: EmbeddedHarbor): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const project of ['team', 'shop'])
    for (const { repository, digest, tags: own } of harbor.state.artifacts(project))
      for (const tag of own) tags.set(`${repository}:${tag}`, digest);
  return tags;
}

export async function recordsOf(
  { scene: { store } }: Around,
  runId: string,
): Promise<readonly DeletionRecord[]> {
  const keys = (await store.list('reports/records/')).filter((key) => key.includes(`/${runId}/`));
  const records: DeletionRecord[] = [];
  for (const key of keys)
    for await (const line of store.readPart(key)) records.push(JSON.parse(line) as DeletionRecord);
  return records;
}

/** Records that say what is not so. */
export async function untrue(around: Around): Promise<readonly string[]> {
  const { harbor } = around.scene;
  const records = [
    ...(await recordsOf(around, request.runId)),
    ...(await recordsOf(around, laterRun)),
  ];
  const idOf = ({ action }: DeletionRecord): number | undefined =>
    'artifactId' in action ? action.artifactId : undefined;
  const gone = new Set(
    records.filter(({ outcome }) => ['done', 'uncertain'].includes(outcome.result)).map(idOf),
  );
  return records.flatMap((record): readonly string[] => {
    const { action, outcome } = record;
    if (action.kind === 'remove-tag') return goneUnsaid(record, records, around);
    if (action.kind !== 'delete-artifact') return [];
    const row = rowIn(harbor, action);
    const isSame = row?.id === action.artifactId;
    const told = `${nameOf(action)} is called ${JSON.stringify(outcome)}`;
    if (isSame && ['done', 'already-gone'].includes(outcome.result))
      return [`${told}, and is there`];
    const wasDeleted = around.deleted.some(({ name }) => name === nameOf(action));
    const mustBeThere = !['done', 'already-gone', 'uncertain'].includes(outcome.result);
    return mustBeThere && !isSame && !wasDeleted && !gone.has(idOf(record))
      ? [`${told}, and is gone`]
      : [];
  });
}

/** A single tag that no record says to be taken, though it left its image and nobody else has touched it. */
function goneUnsaid(
  { action, outcome }: DeletionRecord,
  records: readonly DeletionRecord[],
  { scene: { harbor }, wishes }: Around,
): readonly string[] {
  if (action.kind !== 'remove-tag') return [];
  const { project, repository, tag } = action;
  const row = rowIn(harbor, action);
  if (row === undefined || row.tags.includes(tag) || wishes.has(`${project}/${repository}:${tag}`))
    return [];
  const isSaid = records.some(
    (one) => one.action.id === action.id && ['done', 'uncertain'].includes(one.outcome.result),
  );
  return isSaid ? [] : [`tag ${tag} of ${nameOf(action)} is gone, and called ${outcome.result}`];
}

/** Numbers of calls: of the last looks at an original and at its copy, and of the deletion that followed. */
interface Deletion {
  readonly original: number;
  readonly copy: number;
  readonly deletion: number;
}

/** Our deletion of an artifact. Undefined: there is none, or it was sent without a look at both, the copy last. */
function deletionOf({ calls }: Around, of: Named): Deletion | undefined {
  const copyIn = `${trash}/${of.project}/${of.repository}`;
  const last = (name: string, place: string, before: number): number =>
    calls.findLastIndex(
      (call, index) =>
        index < before &&
        call.call === name &&
        placeOf(call) === place &&
        call.args[1] === of.digest,
    );
  const own = `${of.project}/${of.repository}`;
  const deletion = last('deleteArtifact', own, calls.length);
  const [original, copy] = [own, copyIn].map((place) => last('readArtifact', place, deletion));
  if (original === undefined || copy === undefined || original < 0 || copy < original)
    return undefined;
  return { original: original + 1, copy: copy + 1, deletion: deletion + 1 };
}

function placeOf({ args: [place] }: Call): string {
  const { project = '', repository = '' } = place as Partial<Named>;
  return `${project}/${repository}`;
}

/** Artifacts and tags that are lost. */
export function missing(around: Around, before: ReadonlyMap<string, string>): readonly string[] {
  const { scene, deleted, wishes, calls } = around;
  const broken: string[] = [];
  const isExcused = (image: Named): boolean =>
    deleted.some(({ name, number, wasBacked }) => {
      if (name !== nameOf(image)) return false;
      if (!wasBacked) return true;
      // Between the last look at the copy and the deletion nobody can see it.
      const own = deletionOf(around, image);
      return own !== undefined && own.copy < number && number <= own.deletion;
    });
  for (const image of scene.images)
    if (!isThere(around, image) && !isExcused(image))
      broken.push(`${nameOf(image)} ${image.tags.join()} is lost`);
  const now = tagsIn(scene.harbor);
  const wanted = new Map([...before].map(([name, digest]) => [name, { digest, number: 0 }]));
  for (const image of scene.images)
    for (const tag of image.tags)
      wanted.set(`${image.project}/${image.repository}:${tag}`, {
        digest: image.digest,
        number: 0,
      });
  for (const [name, one] of wishes) wanted.set(name, one);
  const texts = [...scene.store.texts.values()].join('\n');
  for (const [name, { digest, number }] of wanted) {
    if (now.get(name) === digest) continue;
    const [place = '', tag = ''] = name.split(':');
    const [project = '', repository = ''] = place.split('/');
    if (isExcused({ project, repository, digest })) continue;
    if (deleted.some((one) => one.name === `${place}@${digest}`)) continue;
    const own = deletionOf(around, { project, repository, digest });
    const isInstant = own !== undefined && own.original < number && number <= own.deletion;
    const isSaid = texts.includes(tag) || !tag.startsWith('keep');
    if (isInstant && isSaid) continue;
    broken.push(
      `${name} is on ${now.get(name) ?? 'nothing'} and should be on ${digest} (${number} of ${calls.length}, ${JSON.stringify(own)})`,
    );
  }
  for (const [name, digest] of now)
    if (formerTag(digest, name.split(':')[1] ?? '').kind !== 'foreign')
      broken.push(`${name} bears a name of the trash's`);
  return broken;
}
