import type { Only } from './apply/restore-item.ts';
import { RetentionError } from './errors.ts';
import type { Budget, World } from './ports.ts';
import { parseReference, type Reference } from './report/explain-rows.ts';
import { restoreKey } from './domain/store-keys.ts';
import { restoreRun, type RestoreReport } from './phases/restore-run.ts';

/** What is to be put back, in words as an operator writes them. */
export interface RestoreWanted {
  readonly runId?: string | undefined;
  readonly fromTrash?: string | undefined;
  /** `project/repository[:tag|@digest]`; none: everything. */
  readonly only: readonly string[];
  /** False: a dry run, which sends Harbor nothing but reads. */
  readonly apply: boolean;
  readonly owner: string;
}

export interface RestoreEnd {
  /** False: out of time; calling again goes on. */
  readonly done: boolean;
  readonly reportKey: string;
  readonly report: RestoreReport;
}

/**
 * Puts back what a run deleted, or all that a trash project holds, as far as time goes; and leaves a report.
 * @throws RetentionError usage, report-not-found, lease-held, state-invalid, harbor-…
 */
export async function restoreSlice(
  wanted: RestoreWanted,
  world: World,
  budget: Budget,
): Promise<RestoreEnd> {
  const references = wanted.only.map(checked);
  const matched = new Set<Reference>();
  const report = await restoreRun(
    {
      from: sourceOf(wanted),
      only: onlyThese(references, (reference) => matched.add(reference)),
      unmatched: () =>
        wanted.only.filter(
          (_, index) => references[index] !== undefined && !matched.has(references[index]),
        ),
      named: references.map(({ project, repository }) => ({ project, repository })),
      apply: wanted.apply,
      owner: wanted.owner,
    },
    world,
    budget,
  );
  const reportKey = restoreKey(wanted.runId ?? wanted.fromTrash ?? '', world.clock.now());
  const text = JSON.stringify({ schemaVersion: 1, wanted, ...report }, undefined, 2);
  await world.store.write(reportKey, text, 'application/json');
  return { done: report.open === 0, reportKey, report };
}

function sourceOf({ runId, fromTrash }: RestoreWanted): Parameters<typeof restoreRun>[0]['from'] {
  if (runId !== undefined && fromTrash === undefined) return { kind: 'run', runId };
  if (fromTrash !== undefined && runId === undefined) return { kind: 'trash', project: fromTrash };
  throw new RetentionError('usage', 'Either a run or a trash project was expected.', {
    remedy:
      'For example: harbor-retention restore 2026-11-21T033000Z, or restore --from-trash retention-trash.',
  });
}

function checked(text: string): Reference {
  const reference = parseReference(text);
  if (reference !== undefined) return reference;
  throw new RetentionError(
    'usage',
    `${JSON.stringify(text)} is not PROJECT/REPOSITORY[:TAG|@DIGEST].`,
    {
      remedy:
        'For example team/api:v1.2.3, team/api@sha256:0123456789ab, or team/api for all of it.',
    },
  );
}

function onlyThese(references: readonly Reference[], matches: (one: Reference) => void): Only {
  if (references.length === 0) return () => true;
  return (place, artifact) => {
    const meant = references.filter(
      (one) =>
        one.project === place.project &&
        one.repository === place.repository &&
        (one.tag === undefined || artifact.tags.includes(one.tag)) &&
        (one.digest === undefined || artifact.digest.startsWith(one.digest)),
    );
    for (const one of meant) matches(one);
    return meant.length > 0;
  };
}
