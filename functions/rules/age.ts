import type { Duration, Instant } from '../domain/instant.ts';
import type { Finding } from '../domain/policy.ts';

/** What an age is measured by, since when, and how old is still kept. */
export interface Age {
  readonly by: 'pushed' | 'active' | 'untagged';
  readonly since: Instant;
  readonly within: Duration;
}

/** What a condition says of an artifact whose push time is not known: it keeps it. */
export const unknownPushTime: Finding = {
  says: 'unknown',
  fact: 'push time',
  because: 'Harbor shows no credible time for it',
};

/**
 * Keeps what is at most `within` old; exactly that old is kept, a millisecond more is not
 * (docs/policy.md#which-time-is-meant).
 */
export function ageFinding(age: Age, now: Instant): Finding {
  const { by, since, within } = age;
  const says = now - since <= within ? 'keeps' : 'lets-go';
  return { says, margin: { kind: 'time', by, since, goesAt: since + within + 1 } };
}
