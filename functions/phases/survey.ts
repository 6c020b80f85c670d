import { defined } from '../domain/defined.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import { harborKey } from '../domain/harbor-address.ts';
import { RetentionError } from '../errors.ts';
import { preflight, type Survey } from '../inventory/preflight.ts';
import { pullSignal } from '../inventory/pull-signal.ts';
import type { World } from '../ports.ts';
import { ownClaim } from './claim.ts';
import { judgedAt, type RunState } from '../store/run-state.ts';
import { readSurvey, saveSurvey } from '../store/survey-document.ts';

/** The survey of this run: read from Harbor once, then from the store. @throws RetentionError harbor-… */
export async function surveyOf(state: RunState, policy: Policy, world: World): Promise<Survey> {
  const stored = await readSurvey(world.store, state.runId);
  if (stored !== undefined) {
    const { url } = await world.harbor.identify();
    const begun = stored.registry.harbor.url;
    if (harborKey(begun) === harborKey(url)) return stored;
    throw new RetentionError(
      'state-invalid',
      `Run ${state.runId} was begun on ${begun}, and this is ${url}: nothing of it is continued here.`,
      { remedy: 'Start a new run, by an event without "runId"; or give the run its own Harbor.' },
    );
  }
  world.telemetry.progress({ phase: 'preflight', done: 0, of: undefined, what: '' });
  const inUse = policy.inUse.map((config) => world.inUse.open(config));
  const claimedAs = await ownClaim(world.store);
  const { harbor, readDigestList } = world;
  const tools = { harbor, inUse, readDigestList, claimedAs };
  const survey = await preflight(tools, policy, state.takenAt);
  await saveSurvey(world.store, state.runId, survey);
  return survey;
}

/** The registry as this run judges it: with what its parts showed of pull times, and for a look ahead at its instant. */
export function registryNow(state: RunState, { registry }: Survey): RegistryFacts {
  const signal = pullSignal(state.pullTimes, state.takenAt);
  const { subjects } = state;
  const subjectsElsewhere =
    subjects === undefined || subjects === 'unknown' ? subjects : new Set(subjects);
  return {
    ...registry,
    takenAt: judgedAt(state),
    pullSignal: signal,
    ...defined({ subjectsElsewhere }),
  };
}
