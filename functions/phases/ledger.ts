import { RetentionError } from '../errors.ts';
import { OutOfTime, takeLedger } from '../ledger-run/index.ts';
import { ledgerSections } from '../store/ledger-section.ts';
import { saveState } from '../store/run-state-document.ts';
import { done, type PhaseEnd, type Step, unfinished } from './phase.ts';

/** Artifacts whose rows fit beside everything else into 512 MB. */
const mostArtifacts = 2_000_000;
/** Slices that may end in the middle of it, by their time or by the death of their process. */
const mostTries = 2;

/**
 * Adds up what the plan frees, each blob counted once. It only makes figures for the report: whatever goes wrong in it
 * leaves them out, and the run goes on.
 */
export const ledger: Step = async (state, tools) => {
  const { store, ledger: wanted, telemetry, manifests } = tools.world;
  if (wanted === undefined || manifests === undefined) return done(state);
  if ((await ledgerSections.read(store, state.runId)) !== undefined) return done(state);
  const off = async (because: string): Promise<PhaseEnd> => {
    await ledgerSections.write(store, { kind: 'off', because }, state.runId);
    return done(state);
  };
  if (wanted.maxRequests === 0) return await off('It is switched off in the settings.');
  if (state.artifactsRead > mostArtifacts) {
    return await off(`There are more than ${mostArtifacts} artifacts.`);
  }
  const tries = state.ledgerTries ?? 0;
  if (tries >= mostTries) {
    return await off('The process ended in the middle of it; raise the memory of the function.');
  }
  // Stored before the work, because a process that is killed in it can store nothing afterwards.
  const tried = { ...state, ledgerTries: tries + 1 };
  await tools.lease.confirm();
  await saveState(store, tried);
  try {
    await takeLedger(tried, tools, tools);
    return done(tried);
  } catch (error) {
    if (error instanceof OutOfTime) {
      if (tried.ledgerTries < mostTries) return unfinished(tried);
      return await off('It did not come to its end within two slices; raise sliceMinutes.');
    }
    if (!isHarmless(error)) throw error;
    telemetry.warn('ledger of blobs failed', { because: error.message });
    return await off(`It failed: ${error.message}`);
  }
};

/**
 * Errors of others, and mistakes of ours in code that decides nothing; not the end of the process, nor of the lease.
 */
function isHarmless(error: unknown): error is Error {
  if (error instanceof RetentionError) return error.code !== 'lease-held';
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}
