import { defined } from '../domain/defined.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { PastPlans } from '../domain/past-plans.ts';
import type { Policy } from '../domain/policy.ts';
import type { Ranking } from '../domain/ranking.ts';
import { bindPolicy } from './bind-policy.ts';
import { crossChecks, crossContext, type CrossFinding } from './cross-checks.ts';
import { parseDocument, problemAt, type ParsedDocument } from './document.ts';
import { policySchema } from './policy-schema.ts';
import { lints } from './lints/index.ts';
import { inOrder, type Problem } from './problem.ts';
import { rankingSchema } from './ranking-schema.ts';
import { rolloutWithTrash } from './rollout-with-trash.ts';
import { schemaProblems, valueAt } from './schema-problems.ts';
import { warnings } from './warnings.ts';

/** What a policy needs to know of the world around it. */
export interface LoadContext {
  /** Where the text is from, for messages: a path, or bucket and key. */
  readonly name: string;
  /** The names that `protect.inUse` may use: the registry of sources lies in a room that config may not enter. */
  readonly inUseSources: readonly string[];
}

export type Problems = readonly [Problem, ...Problem[]];

export type LoadedPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly warnings: readonly Problem[];
      /**
       * Looks for rules and names without effect, and, in plans over past nights, for limits that refuse all of them;
       * takes longer than loading.
       */
      readonly lint: (pastPlans?: PastPlans) => readonly Problem[];
    }
  | { readonly ok: false; readonly problems: Problems };

/**
 * Text → a policy that can be run, or every problem of it at once (docs/policy.md). YAML or JSON. Warnings are
 * about what is allowed and may still not be meant; they never change a verdict.
 */
export function loadPolicy(text: string, context: LoadContext): LoadedPolicy {
  const document = parseDocument(text);
  const { value } = document;
  if (!document.isReadable) return refused(document.problems, context);
  const parsed = policySchema.safeParse(value);
  const crossed = crossContext(value, context.inUseSources);
  const problems = [
    ...document.problems,
    ...schemaProblems(parsed.error?.issues ?? [], document, policySchema),
    ...[...crossChecks, rolloutWithTrash]
      .flatMap((check) => check(crossed))
      .map((found) => placed(found, document)),
  ];
  if (problems.length > 0 || !parsed.success) return refused(problems, context);
  const { data } = parsed;
  return {
    ok: true,
    policy: bindPolicy(data, sha256Hex(text)),
    warnings: inOrder(
      warnings.flatMap((warn) => warn(data)).map((found) => placed(found, document)),
    ),
    lint: (pastPlans) => {
      const linted = { ...crossed, ...defined({ pastPlans }) };
      return inOrder(lints.flatMap((lint) => lint(linted)).map((found) => placed(found, document)));
    },
  };
}

export type LoadedRanking =
  | { readonly ok: true; readonly ranking: Ranking }
  | { readonly ok: false; readonly problems: Problems };

/** Reads a ranking from a file of its own: harbor-go-client's rp.yaml as it is (docs/arming.md#whole-repositories). */
export function loadRanking(text: string, name: string): LoadedRanking {
  const document = parseDocument(text);
  const context = { name, inUseSources: [] };
  if (!document.isReadable) return refused(document.problems, context);
  const parsed = rankingSchema.safeParse(document.value);
  const issues = parsed.error?.issues ?? [];
  const problems = [...document.problems, ...schemaProblems(issues, document, rankingSchema)];
  if (problems.length > 0 || !parsed.success) return refused(problems, context);
  return { ok: true, ranking: parsed.data };
}

function placed(found: CrossFinding, document: ParsedDocument): Problem {
  const { path, message, allowed, suggestion, atKey = false } = found;
  const value = valueAt(document.value, path);
  const isShort = typeof value !== 'object';
  const problem = problemAt(document, path, {
    message,
    ...defined({ allowed }),
    ...(isShort ? { value } : {}),
  });
  return {
    ...problem,
    ...(atKey ? document.placeOfKey(path) : {}),
    ...defined({ suggestion }),
  };
}

function refused(
  problems: readonly Problem[],
  { name }: LoadContext,
): { readonly ok: false; readonly problems: Problems } {
  const [first, ...others] = inOrder(problems);
  // Cannot happen while every refusal comes with a reason; if it does, the policy still must not run.
  const unnamed = { line: 1, column: 1, length: 1, path: '', message: `${name} cannot be read` };
  return { ok: false, problems: [first ?? unnamed, ...others] };
}
