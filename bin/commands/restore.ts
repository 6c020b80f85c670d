import type { Only } from '../../functions/apply/plan-restore.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { World } from '../../functions/ports.ts';
import { parseReference, type Reference } from '../../functions/report/explain-rows.ts';
import { restoreText } from '../../functions/report/restore-text.ts';
import { restoreRun } from '../../functions/steps/restore-run.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

export interface RestoreFlags {
  readonly only?: readonly string[];
  readonly fromTrash?: string;
  readonly apply: boolean;
  readonly json: boolean;
}

/** `restore RUN`: a dry run, and with --apply for real. Exit code 5 if something can't come back, 1 if something failed. */
export async function restore(
  runId: string | undefined,
  { flags, world }: { readonly flags: RestoreFlags; readonly world: World },
  terminal: Terminal,
): Promise<number> {
  if ((runId === undefined) === (flags.fromTrash === undefined)) {
    throw new RetentionError('usage', 'Either a run or --from-trash PROJECT was expected.', {
      remedy:
        'For example: harbor-retention restore 2026-11-21T033000Z, or restore --from-trash retention-trash.',
    });
  }
  const references = (flags.only ?? []).map(checkedReference);
  const report = await restoreRun(
    {
      from:
        runId === undefined
          ? { kind: 'trash', project: flags.fromTrash ?? '' }
          : { kind: 'run', runId },
      only: onlyThese(references),
      named: references.map(({ project, repository }) => ({ project, repository })),
      apply: flags.apply,
      owner: `terminal ${process.pid}`,
    },
    world,
  );
  terminal.out(flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : restoreText(report));
  if (!flags.apply && !flags.json && report.restored.length > 0) {
    terminal.out('\nNothing was changed. Put them back with --apply.\n');
  }
  if (report.failed.length > 0) return exitCodes.failure;
  return report.lost.length > 0 ? exitCodes.partial : exitCodes.ok;
}

function checkedReference(text: string): Reference {
  const reference = parseReference(text);
  if (reference !== undefined) return reference;
  throw new RetentionError(
    'usage',
    `--only ${JSON.stringify(text)} is not PROJECT/REPOSITORY[:TAG|@DIGEST].`,
  );
}

function onlyThese(references: readonly Reference[]): Only {
  if (references.length === 0) return () => true;
  return (place, artifact) =>
    references.some(
      (one) =>
        one.project === place.project &&
        one.repository === place.repository &&
        (one.tag === undefined || artifact.tags.includes(one.tag)) &&
        (one.digest === undefined || artifact.digest.startsWith(one.digest)),
    );
}
