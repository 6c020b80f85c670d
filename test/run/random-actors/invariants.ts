import type { DeletionRecord } from '../../../functions/domain/deletion-record.ts';
import { formerTag } from '../../../functions/domain/trash.ts';
import type { EmbeddedHarbor } from '../../sandbox/harbor/index.ts';
import { laterRun } from '../../support/other-actors.ts';
import {
  type Around,
  type Call,
  isThere,
  type Named,
  nameOf,
  request,
  rowIn,
  trash,
} from './scene.ts';

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

/** The number of the last look at an artifact before it was deleted by us, and of that deletion. */
function deletionOf({ calls }: Around, { project, repository, digest }: Named, lookedAt: string) {
  const place = (call: Call) => call.args[0] as { project?: string; repository?: string };
  const at = calls.findLastIndex(
    (call) =>
      call.name === 'deleteArtifact' &&
      place(call).project === project &&
      place(call).repository === repository &&
      call.args[1] === digest,
  );
  if (at < 0) return undefined;
  const look = calls.findLastIndex(
    (call, index) =>
      index < at &&
      call.name === 'readArtifact' &&
      call.args[1] === digest &&
      (place(call).project === trash) === (lookedAt === 'copy'),
  );
  return { look: look + 1, deletion: at + 1 };
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
      const own = deletionOf(around, image, 'copy');
      return own !== undefined && own.look < number && number <= own.deletion;
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
    const own = deletionOf(around, { project, repository, digest }, 'original');
    const isInstant = own !== undefined && own.look < number && number <= own.deletion;
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
