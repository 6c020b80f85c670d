import type { KeepDraft, PolicyDraft, RuleDraft, SelectionDraft } from './policy-draft.ts';
import { readTemplate } from './retention-keep.ts';
import type { ProjectRetention, RetentionRule } from './retention-rules.ts';
import { readSelection, selectionsOf } from './retention-selection.ts';

/** What holds for everything that comes from Harbor's own retention. */
const differences = [
  'Harbor deletes whatever no rule keeps. Here only a rule that selects something can delete it, so that this is written as rules of their own (`rest-of-…`, `keep: none`).',
  'These are never deleted here, whatever the rules say: what is younger than a day, the tag latest, what has the label keep, what is immutable, and the last image of a repository. `protect` changes all of it but the immutable tags.',
  'Tagged and untagged artifacts are counted apart, and what a protection holds takes no place in a count: more stays.',
  'Artifacts of the same second rank by their digest. In Harbor their order is not fixed.',
  'An image goes only if all of its tags go. A signature and the untagged children of an index go and stay with it.',
];

/**
 * Harbor's own retention of some projects as one policy (docs/moving-in.md#convert). A project with a rule that can't be
 * carried over is left out as a whole, because the missing rule might have kept what the others condemn. Pure.
 */
export function policyFromHarbor(
  retentions: readonly ProjectRetention[],
  from: string,
): PolicyDraft {
  const read = retentions.map(readProject);
  return {
    from,
    differences: read.some(({ rules }) => rules.length > 0) ? differences : [],
    notCarriedOver: read.flatMap(({ missing }) => missing),
    rules: named(merged(read.flatMap(({ rules }) => rules))),
  };
}

/** A rule without its name. `words` say what it keeps, for the name. */
interface ReadRule {
  readonly words: string;
  readonly comments: readonly string[];
  readonly select: SelectionDraft;
  readonly keep: KeepDraft;
}

interface ReadProject {
  readonly rules: readonly ReadRule[];
  readonly missing: readonly string[];
}

function readProject({ project, rules, isScheduled }: ProjectRetention): ReadProject {
  const missing: string[] = [];
  const found: ReadRule[] = [];
  const rest = new Map<string, SelectionDraft>();
  for (const [index, rule] of rules.entries()) {
    const name = `Rule ${index + 1} of project ${project} (${rule.template})`;
    if (rule.disabled === true) {
      missing.push(`${name} is disabled.`);
      continue;
    }
    const read = readRule(rule, project);
    if ('problem' in read)
      return {
        rules: [],
        missing: [
          `Project ${project} as a whole: ${read.problem}, in rule ${index + 1} (${rule.template}). What that rule keeps is not known, so nothing is deleted in this project.`,
        ],
      };
    if ('dropsOut' in read) {
      missing.push(`${name}: ${read.dropsOut}.`);
      continue;
    }
    found.push(...read.rules);
    for (const select of restOf(read.rules)) rest.set(JSON.stringify(select), select);
  }
  if (isScheduled === false && found.length > 0)
    missing.push(
      `Harbor runs the rules of project ${project} by hand only. Here they run with all others.`,
    );
  return { rules: [...found, ...[...rest.values()].map(asRest)], missing };
}

type ReadRules =
  | { readonly rules: readonly ReadRule[] }
  | { readonly dropsOut: string }
  | { readonly problem: string };

function readRule(rule: RetentionRule, project: string): ReadRules {
  const selected = readSelection(rule);
  if (!('selection' in selected)) return selected;
  const template = readTemplate(rule);
  if ('problem' in template) return template;
  const { words, notes, keep } = template;
  return {
    rules: selectionsOf(selected.selection, project).map((select) => ({
      words,
      comments: notes,
      select,
      keep,
    })),
  };
}

/** Everything else in the repositories of a rule, tagged and untagged. */
function restOf(rules: readonly ReadRule[]): readonly SelectionDraft[] {
  return rules.slice(0, 1).flatMap(({ select: { projects, repositories, exclude } }) => {
    const common = {
      projects,
      repositories,
      exclude: { repositories: exclude.repositories ?? [] },
    };
    return [{ ...common, tags: ['**'] }, common];
  });
}

const asRest = (select: SelectionDraft): ReadRule => ({
  words: 'rest-of',
  comments:
    select.tags === undefined
      ? [
          'Untagged artifacts that no rule keeps. With `keep: { untaggedWithin: 7d }` an image stays a week after it lost its tag.',
        ]
      : ['Whatever no other rule keeps.'],
  select,
  keep: 'none',
});

/** Equal rules of several projects become one. */
function merged(rules: readonly ReadRule[]): readonly ReadRule[] {
  const byShape = new Map<string, ReadRule>();
  for (const rule of rules) {
    const { words, keep, select } = rule;
    const shape = JSON.stringify([words, keep, { ...select, projects: [] }]);
    const known = byShape.get(shape);
    const projects = [...new Set([...(known?.select.projects ?? []), ...select.projects])];
    byShape.set(shape, { ...rule, select: { ...select, projects } });
  }
  return [...byShape.values()];
}

/** Names for what the rules do, each once: `10-newest-of-release`, `rest-of-team`. */
function named(rules: readonly ReadRule[]): readonly RuleDraft[] {
  const taken = new Set<string>();
  return rules.map(({ words, comments, select, keep }) => {
    const name = freeName(nameOf(words, select), taken);
    taken.add(name);
    return { name, comments, select, keep };
  });
}

function nameOf(words: string, { projects, repositories, tags }: SelectionDraft): string {
  const [project = ''] = projects;
  const where = [
    ...(projects.length === 1 ? [project] : []),
    ...(repositories[0] === '**' ? [] : repositories),
  ];
  const tag = tags?.find((one) => one !== '**');
  const of =
    tags === undefined ? ['untagged', ...where] : [...(tag === undefined ? [] : [tag]), ...where];
  const said =
    words === 'rest-of' ? ['rest-of', ...of] : [words, ...(of.length === 0 ? [] : ['of', ...of])];
  return slug(said.join(' ')) || 'rule';
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return free;
}
