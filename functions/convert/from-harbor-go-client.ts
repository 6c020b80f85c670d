import type { Ranking, RankingMeasure } from '../domain/ranking.ts';

/** The parameters of harbor-go-client's rp_tags. */
export interface TagsParameters {
  /** `--day`: keep what is at most this many days old. */
  readonly day: number;
  /** `--max`: and this many of the newest of what is older. */
  readonly max: number;
  /** `--repo_name`: `project/repository`; all repositories without it. */
  readonly repoName?: string;
}

/** rp_tags' parameters as a policy, with what is different in comments. Pure; the text passes `loadPolicy`. */
export function policyFromTags({ day, max, repoName }: TagsParameters): string {
  const slash = repoName?.indexOf('/') ?? -1;
  const where =
    repoName === undefined
      ? [`      projects: ['**']`]
      : [
          `      projects: [${quoted(repoName.slice(0, slash))}]`,
          `      repositories: [${quoted(repoName.slice(slash + 1))}]`,
        ];
  return `${[
    `# From harbor-go-client: rp_tags --day ${day} --max ${max}${repoName === undefined ? '' : ` --repo_name ${repoName}`}`,
    '#',
    '# The same rule: everything of the last days stays, and of what is older the newest few. Different here:',
    '# - an image goes only if all of its tags are condemned; there, deleting one tag took the image with all others;',
    '# - five tags of one image take one place among the newest, not five;',
    '# - nothing younger than a day goes, no immutable tag, nothing labelled keep, not latest, not the last image;',
    '# - a plan beyond the limits is refused as a whole.',
    'version: 1',
    '',
    'rules:',
    '  - name: rp-tags',
    '    select:',
    ...where,
    `      tags: ['**']`,
    '    keep:',
    `      pushedWithin: ${day}d`,
    `      mostRecentlyPushed: { count: ${max}, of: remaining }`,
  ].join('\n')}\n`;
}

/** An rp.yaml as a policy that ranks repositories, and deletes nothing by itself. Pure; the text passes `loadPolicy`. */
export function policyFromRanking(ranking: Ranking): string {
  return `${[
    "# From harbor-go-client's rp.yaml: the ranking as it was, lowest first in every report.",
    '#',
    '# A rank is an argument for a person: a repository is deleted by it only through an approved list',
    '# (harbor-retention apply --approved FILE), at most 50 in a run, through the trash.',
    'version: 1',
    '',
    'rules: []',
    '',
    'repositories:',
    '  ranking:',
    ...measure('update_time', ranking.update_time, 'days since the last update'),
    ...measure('pull_count', ranking.pull_count, 'pulls'),
    ...measure('tags_count', ranking.tags_count, 'tags'),
  ].join('\n')}\n`;
}

function measure(name: string, { base, factors }: RankingMeasure, what: string): readonly string[] {
  return [
    `    ${name}: # ${what}`,
    `      base: ${base}`,
    '      factors:',
    ...factors.map(
      ({ weight, range }) =>
        `        - { weight: ${weight}, range: { low: ${range.low}, high: ${range.high} } }`,
    ),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
