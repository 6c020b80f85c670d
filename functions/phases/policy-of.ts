import { formatProblems } from '../config/format-problems.ts';
import { loadPolicy } from '../config/load-policy.ts';
import type { Policy } from '../domain/policy.ts';
import { RetentionError } from '../errors.ts';
import type { PolicyText, World } from '../ports.ts';

/** A policy with an error is never run. @throws RetentionError policy-invalid, with every problem */
export function policyOf(source: PolicyText, world: Pick<World, 'inUse'>): Policy {
  const loaded = loadPolicy(source.text, { name: source.name, inUseSources: world.inUse.kinds });
  if (loaded.ok) return loaded.policy;
  const { problems } = loaded;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const shown = formatProblems(problems, source.text, { name: source.name });
  throw new RetentionError('policy-invalid', `The policy has ${count}.\n${shown}`);
}
