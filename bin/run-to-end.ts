import { RetentionError } from '../functions/errors.ts';
import type { RunRequest, SliceEnd, World } from '../functions/ports.ts';
import { runSlice } from '../functions/run.ts';
import { tallyRecords } from '../functions/store/applied-totals.ts';
import type { Stopping } from './stopping.ts';
import { counted } from '../functions/domain/format-numbers.ts';

/** A person sits there: longer than this the figures of a garbage collection can come in the next run. */
const waitAtMost = 30 * 60_000;

/**
 * The terminal's driver: the same slices as the Lambda's, without a limit of time, with waits that are sat out. If it is
 * asked to stop, what is under way is finished and recorded, and the lease is freed.
 * @throws RetentionError run-unfinished if it was asked to stop
 */
export async function runToEnd(
  world: World,
  request: RunRequest,
  stopping?: Stopping,
): Promise<SliceEnd & { readonly done: true }> {
  const isAsked = (): boolean => stopping?.asked() === true;
  const budget = { hasTime: () => !isAsked(), endsForGood: isAsked };
  let logged: string | undefined;
  for (;;) {
    const end = await runSlice({ waitAtMost, ...request }, world, budget);
    if (end.done) return end;
    if (isAsked()) throw await stoppedEarly(request, world);
    const { wait } = end;
    if (wait === undefined) throw new Error('a run without a limit of time ends, or waits');
    // Progress shows on a terminal only: where nobody looks, a run that is silent for an hour says why, once.
    if (logged !== wait.for) world.telemetry.warn('the run waits', { for: wait.for });
    logged = wait.for;
    const what = `for ${wait.for}; looks again in ${wait.seconds} s, and may be ended here`;
    world.telemetry.progress({ phase: 'wait', done: 0, of: undefined, what });
    await Promise.race([world.pause(wait.seconds * 1_000), stopping?.whenAsked ?? never]);
  }
}

const never = new Promise<never>(() => {});

/** What a person who stopped a run wants to know: what it did, how that is undone, and how the rest is done. */
async function stoppedEarly({ runId, mode }: RunRequest, world: World): Promise<RetentionError> {
  if (mode === 'dry-run')
    return new RetentionError('run-unfinished', `The dry run ${runId} was stopped.`, {
      remedy: 'Nothing was changed. Start it again when you like.',
    });
  const { deleted, removedTags, purged } = await tallyRecords(world.store, { runId });
  const went = `${counted(deleted, 'artifact')} deleted, ${counted(removedTags, 'tag')} removed, ${counted(purged, 'copy', 'copies')} purged from the trash`;
  return new RetentionError('run-unfinished', `Run ${runId} was stopped: ${went}.`, {
    remedy: `\`harbor-retention restore ${runId} --apply\` puts back what was deleted; \`harbor-retention apply\` plans what is left and does that. The lease is free.`,
  });
}
