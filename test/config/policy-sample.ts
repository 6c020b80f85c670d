import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import type { Problem } from '../../functions/config/problem.ts';

/** A policy that is fine, in which tests replace or add one line. */
export const fine = `version: 1
rules:
  - name: ci-builds
    select:
      projects: ['team-*']
      tags: ['ci-*']
    keep:
      pushedWithin: 30d
`;

const context = { name: 'policy.yaml', inUseSources: ['ecs', 'list'] };

/** All problems of a text; fails if there is none. */
export function problemsOf(text: string): readonly Problem[] {
  const loaded = loadPolicy(text, context);
  if (loaded.ok) throw new Error('expected problems, but the policy is fine');
  return loaded.problems;
}

/** The one problem of a text. */
export function problemOf(text: string): Problem {
  const [problem, ...others] = problemsOf(text);
  if (problem === undefined || others.length > 0) {
    throw new Error(`expected one problem:\n${shown(text)}`);
  }
  return problem;
}

/** Problems as people see them; empty if there is none. */
export function shown(text: string): string {
  const loaded = loadPolicy(text, context);
  return loaded.ok ? '' : formatProblems(loaded.problems, text, { name: context.name });
}

/** The warnings of a text that is fine, as `path message`. */
export function warningsOf(text: string): readonly string[] {
  const loaded = loadPolicy(text, context);
  if (!loaded.ok) throw new Error(shown(text));
  return loaded.warnings.map(({ path, message }) => `${path} ${message}`);
}
