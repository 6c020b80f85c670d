/** A query that stands ready in Athena; lines that begin with `--` say what to change. */
export interface SavedQuery {
  /** Construct id: changing it replaces the query. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Run ids stand in the keys: `…/2026/11/21/2026-11-21T033000Z/part-00001.ndjson.gz`. */
const run = String.raw`regexp_extract("$path", '([0-9T-]+Z)/[^/]+$', 1)`;

export const savedQueries: readonly SavedQuery[] = [
  {
    id: 'WhatHappenedToThisImage',
    name: 'What happened to this image?',
    description: 'Every decision on an image in the last 90 days, and everything that was done.',
    sql: `-- Change the three values; a tag or a digest will do.
WITH image AS (
  SELECT 'team' AS project, 'api' AS repository, 'v1.2.3' AS tag_or_digest
),
decided AS (
  SELECT d.day, ${run} AS run, 'decided: ' || d.fate AS what, d.rule, d.explanation AS why, d.digest
  FROM decisions d CROSS JOIN image i
  WHERE d.day >= date_format(current_date - interval '90' day, '%Y/%m/%d')
    AND d.project = i.project AND d.repository = i.repository
    AND (d.digest = i.tag_or_digest OR contains(d.tags, i.tag_or_digest))
),
done AS (
  SELECT e.day, ${run} AS run, e.action.kind || ': ' || e.outcome.result AS what, e.action.rule,
    coalesce(e.outcome.because, 'copied to ' || e.outcome.trash.project || '/' || e.outcome.trash.repository) AS why,
    e.action.digest
  FROM deletions e CROSS JOIN image i
  WHERE e.day >= date_format(current_date - interval '90' day, '%Y/%m/%d')
    AND e.action.project = i.project AND e.action.repository = i.repository
    AND (e.action.digest = i.tag_or_digest OR e.action.tag = i.tag_or_digest
      OR any_match(e.action.tags, t -> t.name = i.tag_or_digest))
)
SELECT * FROM decided UNION ALL SELECT * FROM done ORDER BY run DESC, what DESC`,
  },
  {
    id: 'WhatDidThisRuleDelete',
    name: 'What did this rule delete last month?',
    description: 'Deletions of one rule in the last 31 days, by repository.',
    sql: `-- Change the name of the rule.
SELECT action.project, action.repository, count(*) AS artifacts, sum(action.size) AS bytes,
  min(from_unixtime(outcome.at / 1000)) AS first_deleted, max(from_unixtime(outcome.at / 1000)) AS last_deleted
FROM deletions
WHERE day >= date_format(current_date - interval '31' day, '%Y/%m/%d')
  AND action.kind = 'delete-artifact' AND outcome.result = 'done'
  AND action.rule = 'ci-builds'
GROUP BY action.project, action.repository
ORDER BY artifacts DESC`,
  },
  {
    id: 'WhoPushesMost',
    name: 'Who pushes most?',
    description: 'Artifacts that the newest run of the last 3 days saw pushed within 30 days.',
    sql: `WITH seen AS (
  SELECT *, ${run} AS run FROM decisions
  WHERE day >= date_format(current_date - interval '3' day, '%Y/%m/%d')
)
SELECT project, repository, count(*) AS artifacts, sum(size) AS bytes, max(pushed_at) AS newest
FROM seen
WHERE run = (SELECT max(run) FROM seen)
  -- The untagged parts of an index count with it, as in the report.
  AND part_of_index IS NULL
  AND from_iso8601_timestamp(pushed_at) > current_timestamp - interval '30' day
GROUP BY project, repository
ORDER BY artifacts DESC
LIMIT 100`,
  },
];
