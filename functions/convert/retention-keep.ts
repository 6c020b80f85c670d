import { allOfThem, type KeepDraft, mostDays } from './policy-draft.ts';
import type { RetentionRule } from './retention-rules.ts';

/** What a template keeps here, or why it can't be carried over. */
export type ReadTemplate =
  | { readonly keep: KeepDraft; readonly words: string; readonly notes: readonly string[] }
  | { readonly problem: string };

type Template =
  | {
      readonly kind: 'count';
      readonly keeps: Counted;
      readonly words: string;
      readonly preset: number;
    }
  | {
      readonly kind: 'days';
      readonly keeps: Aged;
      readonly words: string;
      readonly preset: number;
    };

type Counted = 'mostRecentlyPushed' | 'mostRecentlyPulled' | 'mostRecentlyActive';
type Aged = 'pushedWithin' | 'pulledWithin';

/**
 * Harbor's templates and what they are here (docs/harbor.md#harbors-own-retention). `preset` is what Harbor takes where
 * the parameter is no number: sources differ between 10 and 30 for days, and the larger one keeps more.
 */
const templates: Readonly<Record<string, Template>> = {
  latestPushedK: { kind: 'count', keeps: 'mostRecentlyPushed', words: 'newest', preset: 10 },
  latestPulledN: { kind: 'count', keeps: 'mostRecentlyPulled', words: 'last-pulled', preset: 10 },
  latestActiveK: { kind: 'count', keeps: 'mostRecentlyActive', words: 'last-active', preset: 10 },
  nDaysSinceLastPush: { kind: 'days', keeps: 'pushedWithin', words: 'pushed-within', preset: 30 },
  nDaysSinceLastPull: { kind: 'days', keeps: 'pulledWithin', words: 'pulled-within', preset: 30 },
  lastXDays: { kind: 'days', keeps: 'pushedWithin', words: 'pushed-within', preset: 30 },
};

/** Differences of a condition from Harbor's template, each a sentence. */
const notesOn: Readonly<Partial<Record<Counted | Aged, string>>> = {
  pulledWithin:
    'A push counts like a pull here: what was pushed within this time stays, too. Harbor deletes what was never pulled, however new.',
  mostRecentlyPulled:
    'An image that was never pulled ranks by its push here, and may take the place of one that was pulled before that. In Harbor it comes last.',
};

/** Reads the template of a rule with its parameter. Pure. */
export function readTemplate({ template, params }: RetentionRule): ReadTemplate {
  if (template === 'always') {
    const keep = { condition: 'mostRecentlyPushed', count: allOfThem } as const;
    return { keep, words: 'all', notes: ['Harbor’s “always”: all of them stay.'] };
  }
  const known = Object.hasOwn(templates, template) ? templates[template] : undefined;
  if (known === undefined) return { problem: `Harbor’s template ${template} is not known here` };
  const value = params?.[template];
  if (value === undefined || value === null)
    return { problem: `its parameter ${template} is missing, so that Harbor’s task fails` };
  const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= 0;
  const number = isNumber ? Math.trunc(value) : known.preset;
  const notes = [
    ...(isNumber
      ? []
      : [
          `Harbor reads the parameter ${JSON.stringify(value)} as its default, because it is no number of JSON.`,
        ]),
    ...(known.kind === 'days' && number === 0
      ? ['0 days keep in Harbor what is of this very second; a day keeps that, too.']
      : []),
    ...(notesOn[known.keeps] === undefined ? [] : [notesOn[known.keeps] ?? '']),
  ];
  return { ...keptBy(known, number), notes };
}

function keptBy(
  known: Template,
  number: number,
): { readonly keep: KeepDraft; readonly words: string } {
  if (known.kind === 'count') {
    if (number === 0) return { keep: 'none', words: 'none' };
    const count = Math.min(number, allOfThem);
    return { keep: { condition: known.keeps, count }, words: `${count}-${known.words}` };
  }
  if (number > mostDays)
    return { keep: { condition: 'mostRecentlyPushed', count: allOfThem }, words: 'all' };
  const days = Math.max(1, number);
  return { keep: { condition: known.keeps, days }, words: `${known.words}-${days}d` };
}
