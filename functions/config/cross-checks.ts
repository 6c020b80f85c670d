import { defined } from '../domain/defined.ts';
import type { PastPlans } from '../domain/past-plans.ts';
import { allKey } from '../rules/all-of.ts';
import type { Path } from './problem.ts';
import { nearest } from './suggest.ts';

/** What one check found: a mistake between fields, which no schema of a single field sees. */
export interface CrossFinding {
  readonly path: Path;
  readonly message: string;
  readonly allowed?: string;
  readonly suggestion?: string;
  /** Point at the key rather than at its value. */
  readonly atKey?: boolean;
}

/** What is certain of a rule as written, whatever else may be wrong with it. */
export interface WrittenRule {
  readonly index: number;
  readonly name?: string;
  readonly select: Readonly<Record<string, unknown>>;
  readonly keep: unknown;
  readonly insteadOf: readonly unknown[];
  readonly untag: boolean;
}

export interface CrossContext {
  readonly rules: readonly WrittenRule[];
  readonly document: Readonly<Record<string, unknown>>;
  /** Names of the sources that `protect.inUse` can name. */
  readonly inUseSources: readonly string[];
  /** What the policy would have planned on past nights. Absent: nobody judged it over any. */
  readonly pastPlans?: PastPlans;
}

/** Looks at a document as written. */
export type CrossCheck = (context: CrossContext) => readonly CrossFinding[];

/** All run, also on a document that its schema refuses; each looks only at what it can be sure of. */
export const crossChecks: readonly CrossCheck[] = [
  duplicateNames,
  tagsOrUntagged,
  someKeep,
  conditionsThatNeedTags,
  conditionsThatNeedUntagged,
  unknownReplacedRules,
  circlesOfReplacement,
  knownInUseSources,
];

function duplicateNames({ rules }: CrossContext): readonly CrossFinding[] {
  const seen = new Set<string>();
  return rules.flatMap(({ name, index }) => {
    if (name === undefined || !seen.has(name)) {
      if (name !== undefined) seen.add(name);
      return [];
    }
    return [
      {
        path: ['rules', index, 'name'],
        message: 'is the name of an earlier rule',
        allowed: 'a name of its own: it stands in every report',
      },
    ];
  });
}

function tagsOrUntagged({ rules }: CrossContext): readonly CrossFinding[] {
  return rules.flatMap(({ select, index }) => {
    const count = Number('tags' in select) + Number('untagged' in select);
    if (count === 1) return [];
    return [
      {
        path: ['rules', index, 'select'],
        message: count === 0 ? 'selects neither tags nor untagged' : 'has both tags and untagged',
        allowed: 'exactly one of tags, untagged: write two rules for both',
        atKey: true,
      },
    ];
  });
}

function someKeep({ rules }: CrossContext): readonly CrossFinding[] {
  return rules.flatMap(({ keep, index }) => {
    if (!isRecord(keep)) return [];
    const finding = (path: Path, allowed: string): CrossFinding => {
      return { path, message: 'has no keep condition', allowed, atKey: true };
    };
    const all = keep[allKey];
    if (isRecord(all) && Object.keys(all).length === 0) {
      return [finding(['rules', index, 'keep', allKey], 'conditions that must hold together')];
    }
    if (Object.keys(keep).some((key) => key !== 'groupBy')) return [];
    return [finding(['rules', index, 'keep'], 'at least one, or the words keep: none')];
  });
}

function conditionsThatNeedTags({ rules }: CrossContext): readonly CrossFinding[] {
  return rules.flatMap(({ keep, select, index }) => {
    if (!('untagged' in select) || 'tags' in select) return [];
    return placesOf(keep, ['highestVersions', 'groupBy']).map((path) => ({
      path: ['rules', index, 'keep', ...path],
      message: 'speaks of tags in a rule on untagged artifacts',
      allowed: 'only in a rule that selects tags',
      atKey: true,
    }));
  });
}

function conditionsThatNeedUntagged({ rules }: CrossContext): readonly CrossFinding[] {
  return rules.flatMap(({ keep, select, index }) => {
    if ('untagged' in select) return [];
    return placesOf(keep, ['untaggedWithin']).map((path) => ({
      path: ['rules', index, 'keep', ...path],
      message: 'speaks of untagged artifacts in a rule on tags',
      allowed: 'only with select.untagged: true',
      atKey: true,
    }));
  });
}

/** Where these keys stand: under `keep`, or in `keep.all`. */
function placesOf(keep: unknown, keys: readonly string[]): readonly Path[] {
  if (!isRecord(keep)) return [];
  const all = keep[allKey];
  return [
    ...keys.filter((key) => key in keep).map((key) => [key]),
    ...(isRecord(all) ? keys.filter((key) => key in all).map((key) => [allKey, key]) : []),
  ];
}

function unknownReplacedRules({ rules }: CrossContext): readonly CrossFinding[] {
  const names = rules.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return rules.flatMap(({ insteadOf, name: own, index }) =>
    insteadOf.flatMap((name, position): readonly CrossFinding[] => {
      if (typeof name !== 'string' || names.includes(name)) return [];
      const others = names.filter((other) => other !== own);
      const suggestion = nearest(name, others);
      return [
        {
          path: ['rules', index, 'insteadOf', position],
          message: 'is not the name of a rule',
          allowed: others.length === 0 ? 'there is no other rule' : others.join(', '),
          ...defined({ suggestion }),
        },
      ];
    }),
  );
}

function circlesOfReplacement({ rules }: CrossContext): readonly CrossFinding[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  return rules.flatMap((rule) => {
    const circle = rule.name === undefined ? undefined : circleFrom(rule.name, byName);
    if (circle === undefined) return [];
    return [
      {
        path: ['rules', rule.index, 'insteadOf'],
        message: `goes in a circle: ${circle.join(' → ')}`,
        allowed: 'rules of which none replaces, in the end, itself',
      },
    ];
  });
}

/** The shortest way from a rule back to itself. */
function circleFrom(
  start: string,
  byName: ReadonlyMap<string | undefined, WrittenRule>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const waiting: (readonly string[])[] = [[start]];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    for (const next of byName.get(path.at(-1))?.insteadOf ?? []) {
      if (next === start) return [...path, start];
      if (typeof next !== 'string' || seen.has(next)) continue;
      seen.add(next);
      waiting.push([...path, next]);
    }
  }
  return undefined;
}

function knownInUseSources({ document, inUseSources }: CrossContext): readonly CrossFinding[] {
  const protect = document['protect'];
  const inUse = isRecord(protect) ? protect['inUse'] : undefined;
  if (!Array.isArray(inUse)) return [];
  return inUse.flatMap((entry: unknown, index): readonly CrossFinding[] => {
    const source = isRecord(entry) ? entry['source'] : undefined;
    if (typeof source !== 'string' || inUseSources.includes(source)) return [];
    const suggestion = nearest(source, inUseSources);
    return [
      {
        path: ['protect', 'inUse', index, 'source'],
        message: 'is not a known source of images in use',
        allowed: inUseSources.length === 0 ? 'none is built in here' : inUseSources.join(', '),
        ...defined({ suggestion }),
      },
    ];
  });
}

/** Reads of a document what the checks may rely on. */
export function crossContext(value: unknown, inUseSources: readonly string[]): CrossContext {
  const document = isRecord(value) ? value : {};
  const rules = Array.isArray(document['rules']) ? (document['rules'] as readonly unknown[]) : [];
  return {
    document,
    inUseSources,
    rules: rules.flatMap((rule, index) => (isRecord(rule) ? [writtenRule(rule, index)] : [])),
  };
}

function writtenRule(rule: Readonly<Record<string, unknown>>, index: number): WrittenRule {
  const { name, select, keep, insteadOf, untag } = rule;
  return {
    index,
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    // A missing `select` is the schema's to report: here it counts as fine.
    select: isRecord(select) ? select : { tags: [] },
    keep,
    insteadOf: Array.isArray(insteadOf) ? insteadOf : [],
    untag: untag === true,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
