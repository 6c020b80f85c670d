/** A column of an Athena table, and the field of the JSON line that it shows. */
export interface Column {
  /** Small letters; no word that SQL has taken. */
  readonly name: string;
  readonly field: string;
  /** As Hive writes types. */
  readonly type: string;
  readonly comment: string;
}

/** A line of a report's rows: functions/report/row-schema.ts. */
export const decisionColumns: readonly Column[] = [
  { name: 'project', field: 'project', type: 'string', comment: 'Harbor project' },
  { name: 'repository', field: 'repository', type: 'string', comment: 'without the project' },
  { name: 'digest', field: 'digest', type: 'string', comment: 'sha256:…' },
  { name: 'artifact_id', field: 'id', type: 'bigint', comment: 'row id in Harbor' },
  { name: 'artifact_type', field: 'type', type: 'string', comment: 'IMAGE, CHART, …' },
  { name: 'size', field: 'size', type: 'bigint', comment: 'bytes; shared layers count each time' },
  { name: 'tags', field: 'tags', type: 'array<string>', comment: 'null: not known' },
  { name: 'labels', field: 'labels', type: 'array<string>', comment: 'null: not known' },
  { name: 'pushed_at', field: 'pushedAt', type: 'string', comment: 'RFC 3339' },
  { name: 'pulled_at', field: 'pulledAt', type: 'string', comment: 'null: never, or not known' },
  {
    name: 'part_of_index',
    field: 'child',
    type: 'boolean',
    comment: 'true: counts with its index, not for itself',
  },
  { name: 'fate', field: 'fate', type: 'string', comment: 'keep, untag, delete' },
  { name: 'untag', field: 'untag', type: 'array<string>', comment: 'tags that go' },
  { name: 'reason', field: 'reason', type: 'string', comment: 'code of the reason' },
  { name: 'rule', field: 'rule', type: 'string', comment: 'name in the policy' },
  { name: 'decided_by', field: 'by', type: 'string', comment: 'condition or protection' },
  { name: 'goes_at', field: 'goesAt', type: 'string', comment: 'from then on not kept' },
  { name: 'explanation', field: 'explanation', type: 'string', comment: 'one sentence' },
];

/** A line of a run's records: functions/domain/deletion-record.ts. */
export const deletionColumns: readonly Column[] = [
  { name: 'harbor', field: 'harbor', type: 'string', comment: 'its address' },
  {
    name: 'action',
    field: 'action',
    type: 'struct<kind:string,project:string,repository:string,digest:string,rule:string,size:bigint,tag:string,tags:array<struct<name:string>>>',
    comment: 'delete-artifact, remove-tag, purge, delete-repository',
  },
  {
    name: 'outcome',
    field: 'outcome',
    type: 'struct<result:string,at:bigint,because:string,trash:struct<project:string,repository:string,tags:array<string>>>',
    comment: 'done, or why not; at: milliseconds since 1970',
  },
];
