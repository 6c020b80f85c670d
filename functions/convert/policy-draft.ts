/** What a converted rule keeps: a condition of docs/policy.md#a-rule with its value, or nothing. */
export type KeepDraft =
  | { readonly condition: 'pushedWithin' | 'pulledWithin'; readonly days: number }
  | {
      readonly condition: 'mostRecentlyPushed' | 'mostRecentlyPulled' | 'mostRecentlyActive';
      readonly count: number;
    }
  | 'none';

/** What a converted rule speaks about. Without `tags` it speaks about untagged artifacts. */
export interface SelectionDraft {
  readonly projects: readonly string[];
  readonly repositories: readonly string[];
  readonly tags?: readonly string[];
  readonly exclude: {
    readonly projects?: readonly string[];
    readonly repositories?: readonly string[];
    readonly tags?: readonly string[];
  };
}

/** A rule of a policy before it is written. */
export interface RuleDraft {
  readonly name: string;
  /** Sentences that stand above the rule. */
  readonly comments: readonly string[];
  readonly select: SelectionDraft;
  readonly keep: KeepDraft;
  readonly insteadOf?: readonly string[];
}

/** A policy that was made from rules of another program. */
export interface PolicyDraft {
  /** What it was made from: `Harbor's own retention of 3 projects`. */
  readonly from: string;
  /** Where this program reads the rules otherwise than the other one; a sentence each. */
  readonly differences: readonly string[];
  /** What can't be carried over, and why; a sentence each. */
  readonly notCarriedOver: readonly string[];
  readonly rules: readonly RuleDraft[];
  /** Tags and repositories that the other program never touches. */
  readonly protect?: { readonly tags: readonly string[]; readonly repositories: readonly string[] };
}

/** The longest duration of a policy, in days (docs/policy.md#durations). */
export const mostDays = 3_650;

/** More artifacts than a repository has: a count that keeps all. */
export const allOfThem = 1_000_000;

/**
 * A policy as text, with what differs and what is missing as comments at its top. Pure. The text passes `loadPolicy` if
 * its patterns do.
 */
export function policyText(draft: PolicyDraft): string {
  const { from, differences, notCarriedOver, rules, protect } = draft;
  const lines = [
    ...comment(`From ${from}.`, ''),
    ...listed('Read differently here:', differences),
    ...listed('Not carried over:', notCarriedOver),
    'version: 1',
    '',
    rules.length === 0 ? 'rules: []' : 'rules:',
    ...rules.flatMap(ruleLines),
  ];
  const { tags = [], repositories = [] } = protect ?? {};
  if (tags.length + repositories.length > 0) {
    lines.push('', 'protect:');
    if (tags.length > 0) lines.push(`  tags: ${flow(tags)}`);
    if (repositories.length > 0) lines.push(`  repositories: ${flow(repositories)}`);
  }
  return `${lines.join('\n')}\n`;
}

function listed(head: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return ['#', `# ${head}`, ...sentences.flatMap((sentence) => comment(sentence, '', '- '))];
}

function ruleLines(rule: RuleDraft, index: number): readonly string[] {
  const { name, comments, select, keep, insteadOf = [] } = rule;
  const { projects, repositories, tags, exclude } = select;
  const excluded = Object.entries(exclude).filter(([, patterns]) => patterns.length > 0);
  return [
    ...(index === 0 ? [] : ['']),
    ...comments.flatMap((sentence) => comment(sentence, '  ')),
    `  - name: ${quoted(name)}`,
    '    select:',
    `      projects: ${flow(projects)}`,
    ...(repositories.length === 1 && repositories[0] === '**'
      ? []
      : [`      repositories: ${flow(repositories)}`]),
    tags === undefined ? '      untagged: true' : `      tags: ${flow(tags)}`,
    ...(excluded.length === 0
      ? []
      : [
          '      exclude:',
          ...excluded.map(([key, patterns]) => `        ${key}: ${flow(patterns)}`),
        ]),
    ...keepLines(keep),
    ...(insteadOf.length === 0 ? [] : [`    insteadOf: ${flow(insteadOf)}`]),
  ];
}

function keepLines(keep: KeepDraft): readonly string[] {
  if (keep === 'none') return ['    keep: none'];
  const value = 'days' in keep ? `${keep.days}d` : String(keep.count);
  return ['    keep:', `      ${keep.condition}: ${value}`];
}

const width = 110;

/** A sentence as lines of a comment. */
function comment(sentence: string, indent: string, bullet = ''): readonly string[] {
  const lines: string[] = [];
  let line = bullet;
  for (const word of onOneLine(sentence).split(' ')) {
    if (line.length + word.length > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(bullet.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].map((one) => `${indent}# ${one}`);
}

/** A name from another program may hold a line break, which would end the comment. */
const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const flow = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

/** A YAML scalar. What has control characters is written as JSON, which YAML reads as well. */
function quoted(text: string): string {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
    ? JSON.stringify(text)
    : `'${text.replaceAll("'", "''")}'`;
}
