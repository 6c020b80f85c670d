import type * as z from 'zod';
import type {
  BoundProtection,
  PolicyFrame,
  RepositoryHold,
  Rule,
  Surroundings,
} from '../domain/policy.ts';

/** What a policy writes under a protection's key, and the protection bound to it. */
export interface Configured<Written> {
  readonly written: Written;
  readonly bound: BoundProtection;
}

interface Definition<Schema extends z.ZodType> {
  /** The key in the policy, which the file is named for. */
  readonly key: string;
  readonly params: Schema;
  /** One sentence for editors. */
  readonly description: string;
  /**
   * Asked once per repository: undefined holds nothing there, `all` everything, `each` is asked per artifact.
   * It owes: no clock but `around.now`; and a hold marked `unknown` where a fact it needs is not known.
   */
  readonly inRepository: (around: Surroundings, params: z.output<Schema>) => RepositoryHold;
}

/** Makes a protection that the policy configures: one file in `protect/`, one line under `configured`, one test. */
export function protection<Schema extends z.ZodType>(definition: Definition<Schema>) {
  const { key, params, description } = definition;
  const bind = (written: z.output<Schema>): Configured<z.output<Schema>> => ({
    written,
    bound: { key, inRepository: (around) => definition.inRepository(around, written) },
  });
  return { key, schema: params.transform(bind).describe(description) };
}

/** What an always-on protection may know of the policy. */
export interface AlwaysOnContext {
  readonly proxyCache: PolicyFrame['proxyCache'];
  readonly trash: PolicyFrame['trash'];
  readonly rules: readonly Rule[];
}

/** A protection without a switch: one file, one line under `alwaysOn`, one test. */
export interface AlwaysOn {
  readonly key: string;
  readonly bind: (context: AlwaysOnContext) => BoundProtection;
}

/** Makes an always-on protection; it owes what a configured one owes. */
export function alwaysOnProtection(
  key: string,
  inRepository: (around: Surroundings, context: AlwaysOnContext) => RepositoryHold,
): AlwaysOn {
  return {
    key,
    bind: (context) => ({ key, inRepository: (around) => inRepository(around, context) }),
  };
}
