import { harborTypes } from '../domain/artifact.ts';
import type { Policy } from '../domain/policy.ts';
import type { Warning } from '../domain/warning.ts';
import type { Unmatched } from './matched.ts';

type Name = Unmatched['names'][number];

/**
 * Warns of what matched nothing where it was to protect, and where a slip is likely (docs/policy.md#patterns). Pure.
 */
export function unmatchedWarnings(
  { names, lists }: Unmatched,
  { policy, projects }: { readonly policy: Policy; readonly projects: readonly string[] },
): readonly Warning[] {
  return [
    ...names.flatMap((name) => nameWarning(name, ownProject(name, policy, projects))),
    ...lists.flatMap(({ list, entries, unmatched, examples }) => {
      if (unmatched === 0) return [];
      const what = list === 'inUse' ? 'lists of images in use' : 'lists of digests';
      const some = examples.join(', ');
      return [
        {
          code: 'matched-nothing' as const,
          on: `protect.${list}`,
          message: `${unmatched} of ${entries} entries of the ${what} matched nothing in this Harbor, for example ${some}.`,
          remedy:
            'Where these images lie in this Harbor under another name, say so under protect.mirrors; otherwise nothing is to be done.',
        },
      ];
    }),
  ];
}

/** The project whose own name a pattern for repositories begins with, if it is a selected one. */
function ownProject(
  { place, text }: Name,
  { rules }: Policy,
  projects: readonly string[],
): string | undefined {
  const rule = rules.find(({ name }) => place === `rules[${name}].select.repositories`);
  if (rule === undefined) return undefined;
  return projects.find(
    (project) => rule.select.inProject(project) && text.startsWith(`${project}/`),
  );
}

function nameWarning(
  { place, text, protects }: Name,
  project: string | undefined,
): readonly Warning[] {
  const shown = JSON.stringify(text);
  const warning = (because: string, remedy: string): readonly Warning[] => [
    { code: 'matched-nothing', on: place, message: `${shown} matched nothing${because}.`, remedy },
  ];
  if (project !== undefined) {
    const rest = JSON.stringify(text.slice(project.length + 1));
    return warning(
      `: patterns for repositories stand without the project ${project}`,
      `Write ${rest}.`,
    );
  }
  if (!text.startsWith('/') && /\\[A-Za-z]/.test(text)) {
    return warning(
      ': outside a regular expression a backslash only makes the next character stand for itself',
      `If an expression is meant, put it between slashes: ${JSON.stringify(`/${text}/`)}.`,
    );
  }
  if (place.endsWith('.types') && !harborTypes.some((known) => known === text)) {
    return warning(
      ': Harbor gives no such type by itself',
      `Write one of ${harborTypes.join(', ')}, or select by mediaTypes.`,
    );
  }
  if (!protects) return [];
  return warning(
    ' in this run, so it protects nothing',
    'Compare it with the names in Harbor; take it out of the policy if it is no longer needed.',
  );
}
