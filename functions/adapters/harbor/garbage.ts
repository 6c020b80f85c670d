import * as z from 'zod';
import type { Collection, HarborGarbage } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { paths, query } from './paths.ts';
import { wireCollection, wireCollectionParameters } from './wire.ts';
import { answerOf } from './writer.ts';

/**
 * How many of the newest are looked at: one that is pending or running is among them
 * (docs/harbor.md#t22-a-second-collection).
 */
const newest = 5;

const finalStates: ReadonlySet<string> = new Set(['Success', 'Error', 'Stopped']);

/** Harbor's garbage collection through a client. */
export function harborGarbage(client: HarborClient): HarborGarbage {
  return {
    listCollections: async () => {
      const path = paths.collections + query({ page: 1, page_size: newest, sort: '-id' });
      const { body } = await client.get(path, 'small');
      const rows = z.array(z.unknown()).safeParse(body);
      if (!rows.success) throw HarborFailure.unexpected(path, 'a list was expected.');
      return rows.data.map((value, index) => toCollection(value, { path, index }));
    },
    readCollection: async (id) => {
      const path = paths.collection(id);
      const { body } = await client.get(path, 'small');
      return toCollection(body, { path, index: id });
    },
    confirmReadable: async (id) => {
      try {
        await client.get(paths.collection(Math.max(id, 1)), 'small');
      } catch (error) {
        // Harbor asks for the permission first: that there is none of this id says that we may read it.
        const isNone =
          error instanceof HarborFailure && error.status === 404 && !error.isMissingRoute;
        if (!isNone) throw error;
      }
    },
    startCollection: async ({ dryRun, workers }) => {
      // Booleans and a number: strings would silently mean a real run (docs/harbor.md#t46-flags-as-strings).
      const body = {
        schedule: { type: 'Manual' },
        parameters: { delete_untagged: false, dry_run: dryRun, workers },
      };
      try {
        const answer = await client.send({
          method: 'POST',
          path: paths.collectionSchedule,
          body,
          kind: 'small',
        });
        const meaning = answerOf(answer, 'POST');
        const id = /\/system\/gc\/(\d+)$/.exec(answer.location ?? '')?.[1];
        if (meaning.kind === 'done' && id !== undefined) return { kind: 'started', id: Number(id) };
        if (meaning.kind === 'done' || meaning.kind === 'lost') return { kind: 'lost' };
        return { kind: 'refused', because: 'because' in meaning ? meaning.because : meaning.kind };
      } catch (error) {
        if (!(error instanceof HarborFailure)) throw error;
        return error.wasNotSent ? { kind: 'refused', because: error.message } : { kind: 'lost' };
      }
    },
  };
}

function toCollection(
  value: unknown,
  { path, index }: { path: string; index: number },
): Collection {
  const row = checked(wireCollection, { id: index, value }, path);
  const { dry_run, delete_untagged, freed_space, purged_blobs, purged_manifests } = parametersOf(
    row.job_parameters,
    path,
  );
  return {
    id: row.id,
    status: row.job_status,
    isFinal: finalStates.has(row.job_status),
    isManual: /manual/i.test(row.job_kind),
    createdAt: row.creation_time,
    dryRun: dry_run,
    deletesUntagged: delete_untagged,
    result:
      freed_space === undefined
        ? undefined
        : { freedBytes: freed_space, blobs: purged_blobs ?? 0, manifests: purged_manifests ?? 0 },
  };
}

/** Nothing of the text is quoted in an error. */
function parametersOf(text: string, path: string): z.output<typeof wireCollectionParameters> {
  try {
    const parsed = wireCollectionParameters.safeParse(JSON.parse(text === '' ? '{}' : text));
    if (parsed.success) return parsed.data;
  } catch {
    // The message must not hold the text.
  }
  throw HarborFailure.unexpected(
    path,
    'the parameters of a garbage collection were not understood.',
  );
}
