import * as z from 'zod';
import { durationForm, parseDuration } from '../domain/duration.ts';
import { anyOf, compilePattern, type Pattern } from '../domain/pattern.ts';

// House convention: the message of a built-in check says what is allowed; a custom issue says what is wrong,
// and its `params.allowed` what is allowed. `config` turns both into problems.

/** What is allowed as a duration, in words. */
export const durationAllowed =
  'an integer with h, d or w, from 1h to 10 years (3650d), for example 30d; there are no months';

/** `30d`, as milliseconds. */
export const duration = z
  .string({ error: durationAllowed })
  .regex(new RegExp(durationForm), { error: durationAllowed })
  .transform((text, context) => {
    const parsed = parseDuration(text);
    if (parsed !== undefined) return parsed;
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'is out of range',
      params: { allowed: durationAllowed },
    });
    return z.NEVER;
  })
  .meta({ description: 'A duration: an integer with h, d (24 h) or w, from 1h to 10 years.' });

const positiveAllowed = 'an integer of 1 or more; keeping nothing is written keep: none';

/** A count of at least 1. */
export const positive = z
  .int({ error: positiveAllowed })
  .min(1, { error: positiveAllowed })
  .max(1_000_000, { error: 'an integer up to 1000000' });

export interface Count {
  readonly count: number;
  readonly of: 'all' | 'remaining';
}

/** `10`, or `{ count: 10, of: remaining }`. */
export const count = z
  .union(
    [
      positive,
      z.strictObject({
        count: positive,
        of: z
          .enum(['all', 'remaining'])
          .prefault('all')
          .describe('remaining: counted among what the ages of this rule do not already keep.'),
      }),
    ],
    { error: 'an integer of 1 or more, or { count: 10, of: remaining }' },
  )
  .transform((written): Count =>
    typeof written === 'number' ? { count: written, of: 'all' } : written,
  );

const patternAllowed =
  'a doublestar pattern such as "ci-*", or a regular expression between slashes such as "/^v\\\\d+$/"';

/** One pattern, compiled. */
export const pattern = z
  .string({ error: patternAllowed })
  .transform((text, context): Pattern => {
    const compiled = compilePattern(text);
    if (compiled.ok) return compiled.pattern;
    context.issues.push({
      code: 'custom',
      input: text,
      message: `is not a pattern: ${compiled.because}`,
      params: { allowed: patternAllowed },
    });
    return z.NEVER;
  })
  .meta({
    description:
      "A pattern for the whole name: Harbor's doublestar dialect, or an RE2 expression between slashes.",
  });

const patternsAllowed = `a list of patterns, each ${patternAllowed}`;

/** A list of patterns, which may be empty. */
export const patterns = z.array(pattern, { error: patternsAllowed });

/** A list of at least one pattern: an empty selector would select nothing, or everything. */
export const somePatterns = patterns.min(1, { error: 'at least one pattern; ["**"] means all' });

/** The names that any of a list of patterns matches. */
export const names = patterns.transform(anyOf);
