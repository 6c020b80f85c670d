import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import type { Instant } from '../../functions/domain/instant.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { PullTimes } from '../../functions/inventory/pull-signal.ts';
import type { Survey } from '../../functions/inventory/preflight.ts';
import type { PhaseTools } from '../../functions/phases/phase.ts';
import type { Budget, PolicyText, Telemetry, World } from '../../functions/ports.ts';
import { reportKeys } from '../../functions/domain/store-keys.ts';
import { newState, type RunUnderWay } from '../../functions/store/run-state.ts';

export const runId = '2026-08-22T000000Z';

export const unlimited: Budget = { hasTime: () => true };

export const silent: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  metric: () => undefined,
  progress: () => undefined,
};

/** A policy of `examples/`, by its file name. */
export function examplePolicy(name: string): {
  readonly text: PolicyText;
  readonly policy: Policy;
} {
  const path = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  const loaded = loadPolicy(text, { name, inUseSources: [] });
  if (!loaded.ok) throw new Error(`examples/${name} has problems`);
  return { text: { text, name }, policy: loaded.policy };
}

/** The state of a dry run that has just begun. */
export function beginning(policy: PolicyText, takenAt: Instant, pullTimes: PullTimes): RunUnderWay {
  return newState({
    request: { runId, mode: 'dry-run', owner: 'bench' },
    takenAt,
    policy,
    reportKey: reportKeys(runId).report,
    pullTimes,
    isFirstUnderPolicy: false,
  });
}

/** What a phase works with, where nobody else is about and no time is up. */
export function toolsOf(
  known: { readonly policy: Policy; readonly survey: Survey },
  world: World,
): PhaseTools {
  const lease = { confirm: () => Promise.resolve() };
  const registry = { ...known.survey.registry, pullSignal: 'live' as const };
  return { ...known, registry, world, budget: unlimited, lease };
}
