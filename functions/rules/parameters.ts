import * as z from 'zod';
import { durationForm, parseDuration } from '../domain/duration.ts';
import { canMatch } from '../domain/pattern-language.ts';
import { compilePattern, type Pattern } from '../domain/pattern.ts';
import { adviceOn, type NameKind } from './pattern-advice.ts';

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

/** A number where a pattern belongs, such as `tags: [1.20]`, which YAML reads as 1.2. */
const mustBeQuoted = 'a text in quotes: YAML reads 1.20 as the number 1.2';

/** One pattern for names of a kind, compiled. One that can match no legal name is refused, with what was likely meant. */
export function patternFor(kind: NameKind) {
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? mustBeQuoted : patternAllowed) })
    .transform((text, context): Pattern => {
      const refuse = (message: string, allowed: string): never => {
        context.issues.push({ code: 'custom', input: text, message, params: { allowed } });
        return z.NEVER;
      };
      const compiled = compilePattern(text);
      if (!compiled.ok) return refuse(`is not a pattern: ${compiled.because}`, patternAllowed);
      if (canMatch(text, kind) !== false) return compiled.pattern;
      const { because, cure } = adviceOn(text, kind);
      return refuse(`can match no ${kind}: ${because}`, cure);
    })
    .meta({
      description:
        "A pattern for the whole name: Harbor's doublestar dialect, or an RE2 expression between slashes.",
    });
}

const patternsAllowed = `a list of patterns, each ${patternAllowed}`;

/** A list of patterns, which may be empty. */
export function patternsFor(kind: NameKind) {
  return z.array(patternFor(kind), { error: patternsAllowed });
}

/** A list of at least one pattern: an empty selector would select nothing, or everything. */
export function somePatternsFor(kind: NameKind) {
  return patternsFor(kind).min(1, { error: 'at least one pattern; ["**"] means all' });
}
