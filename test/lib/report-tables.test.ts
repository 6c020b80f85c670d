import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { recordLine } from '../../functions/domain/deletion-record.ts';
import { reportKeys } from '../../functions/domain/store-keys.ts';
import { rowSchema } from '../../functions/report/row-schema.ts';
import { savedQueries } from '../../lib/saved-queries.ts';
import { decisionColumns, deletionColumns } from '../../lib/table-columns.ts';
import { propertiesOf, stackOf } from './stack-of.ts';

interface Table {
  readonly TableInput: {
    readonly Name: string;
    readonly Parameters: Readonly<Record<string, unknown>>;
    readonly StorageDescriptor: {
      readonly Location: unknown;
      readonly SerdeInfo: { readonly Parameters: Readonly<Record<string, string>> };
    };
  };
}

test('there are none unless they are asked for', () => {
  const { template } = stackOf();
  template.resourceCountIs('AWS::Glue::Table', 0);
  template.resourceCountIs('AWS::Athena::WorkGroup', 0);
});

describe('the tables', () => {
  test('have a column for every field of a row, and no other', () => {
    expect(new Set(decisionColumns.map(({ field }) => field))).toEqual(
      new Set(Object.keys(rowSchema.shape)),
    );
  });

  test('have columns that are fields of a record', () => {
    const line = recordLine({
      harbor: 'https://harbor.example',
      action: {
        kind: 'delete-repository',
        id: 'x',
        project: 'a',
        repository: 'b',
        repositoryId: 1,
        rule: 'r',
      },
      outcome: { action: 'x', at: 1, result: 'done' },
    });
    const fields = Object.keys(JSON.parse(line) as object);
    for (const { field } of deletionColumns) expect(fields).toContain(field);
  });

  test('read the days below which runs write, also behind a prefix', () => {
    const tables = propertiesOf<Table>(
      stackOf((stack) => ({
        reportTables: true,
        prefix: 'harbor/',
        bucket: Bucket.fromBucketName(stack, 'Existing', 'platform-reports'),
      })),
      'AWS::Glue::Table',
    );
    const keys = reportKeys('2026-11-21T033000Z');
    for (const [name, key] of [
      ['decisions', keys.part(0)],
      ['deletions', keys.record('apply-00001')],
    ] as const) {
      const table = tables.find(({ TableInput }) => TableInput.Name === name);
      if (table === undefined) throw new Error(`there is no table ${name}`);
      const { Parameters } = table.TableInput;
      const day = String(Parameters['storage.location.template']).replace('${day}', '2026/11/21');
      expect(`s3://platform-reports/harbor/${key}`.startsWith(`${day}2026-11-21T033000Z/`)).toBe(
        true,
      );
      expect(Parameters['projection.day.format']).toBe('yyyy/MM/dd');
    }
  });

  test('name the fields whose columns are called otherwise', () => {
    const [first] = propertiesOf<Table>(
      stackOf(() => ({ reportTables: true })),
      'AWS::Glue::Table',
    );
    expect(first?.TableInput.StorageDescriptor.SerdeInfo.Parameters).toMatchObject({
      'mapping.decided_by': 'by',
      'mapping.pushed_at': 'pushedAt',
    });
  });
});

describe('the saved queries', () => {
  test.each(savedQueries)('$name names columns that there are', ({ sql }) => {
    const columns = new Set([...decisionColumns, ...deletionColumns].map(({ name }) => name));
    const used = [...sql.matchAll(/\b[de]\.([a-z_]+)|\b(?:action|outcome)\b/g)].map(
      ([whole, behind]) => behind ?? whole,
    );
    expect(used.filter((name) => name !== 'day' && !columns.has(name))).toEqual([]);
    const [, action = ''] = /^struct<(.*)>$/.exec(deletionColumns[1]?.type ?? '') ?? [];
    const [, outcome = ''] = /^struct<(.*)>$/.exec(deletionColumns[2]?.type ?? '') ?? [];
    const within = { action, outcome };
    for (const [, owner, field] of sql.matchAll(/\b(action|outcome)\.([a-z]+)/g))
      expect(within[owner as keyof typeof within]).toMatch(new RegExp(`(^|,)${field}:`));
  });

  test('count artifacts as the report does: parts of an index count with it', () => {
    for (const { sql } of savedQueries) {
      const counts = /count\(\*\) AS artifacts[^;]*FROM (?:seen|decisions)\b/.test(sql);
      expect(sql.includes('part_of_index IS NULL')).toBe(counts);
    }
  });

  test('look at some days only, never at all that there is', () => {
    for (const { sql } of savedQueries) {
      const scans = [...sql.matchAll(/\bFROM (decisions|deletions)\b/g)].length;
      expect(scans).toBeGreaterThan(0);
      expect([...sql.matchAll(/\bday >= date_format\(/g)]).toHaveLength(scans);
    }
  });
});

test('results go below a folder of their own, encrypted as the bucket is', () => {
  const results = (location: unknown) => ({
    WorkGroupConfiguration: { ResultConfiguration: location },
  });
  stackOf(() => ({ reportTables: true })).template.hasResourceProperties(
    'AWS::Athena::WorkGroup',
    results({
      OutputLocation: Match.objectLike({}),
      EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
    }),
  );
  stackOf((stack) => ({
    reportTables: true,
    encryptionKey: new Key(stack, 'Key'),
  })).template.hasResourceProperties(
    'AWS::Athena::WorkGroup',
    results(
      Match.objectLike({
        EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: Match.anyValue() },
      }),
    ),
  );
});
