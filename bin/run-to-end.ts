import type { RunRequest, SliceEnd, World } from '../functions/ports.ts';
import { runSlice } from '../functions/run.ts';

/** A person sits there: longer than this the figures of a garbage collection can come in the next run. */
const waitAtMost = 30 * 60_000;

/** The terminal's driver: the same slices as the Lambda's, without a limit of time, with waits that are sat out. */
export async function runToEnd(
  world: World,
  request: RunRequest,
): Promise<SliceEnd & { readonly done: true }> {
  let told: string | undefined;
  for (;;) {
    const end = await runSlice({ waitAtMost, ...request }, world, { hasTime: () => true });
    if (end.done) return end;
    const { wait } = end;
    if (wait === undefined) throw new Error('a run without a limit of time ends, or waits');
    // Progress shows on a terminal only: where nobody looks, a run that is silent for an hour says why, once.
    if (told !== wait.for) world.telemetry.warn('the run waits', { for: wait.for });
    told = wait.for;
    const what = `for ${wait.for}; looks again in ${wait.seconds} s, and may be ended here`;
    world.telemetry.progress({ phase: 'wait', done: 0, of: undefined, what });
    await world.pause(wait.seconds * 1_000);
  }
}
