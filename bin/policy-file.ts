import { existsSync } from 'node:fs';
import { RetentionError } from '../functions/errors.ts';

/** The policy of a folder in which somebody works, as `init` writes it. */
export const usualPolicy = 'policy.yaml';

/**
 * The policy that a command works with: the one that was named, else `policy.yaml` where one stands. `how` says how to
 * name one.
 * @throws RetentionError usage, if none is named and none stands here
 */
export function policyFile(named: string | undefined, how = '--policy FILE'): string {
  if (named !== undefined) return named;
  if (existsSync(usualPolicy)) return usualPolicy;
  throw new RetentionError('usage', `No policy is named, and there is no ${usualPolicy} here.`, {
    remedy: `Name one (${how}), or write a first one with \`harbor-retention init\`.`,
  });
}
