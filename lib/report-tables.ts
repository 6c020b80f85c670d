import { Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { folders } from '../functions/contract.ts';
import { decisionColumns, deletionColumns, type Column } from './table-columns.ts';
import { type SavedQuery, savedQueries } from './saved-queries.ts';

export interface ReportTablesProps {
  readonly bucket: IBucket;
  /** In front of every key; empty, or ending in a slash. */
  readonly prefix: string;
  /** The bucket's key, where it is not S3's own. */
  readonly encryptionKey?: IKey | undefined;
}

/** Before this day there was no harbor-retention; Athena counts partitions from here. */
const FIRST_DAY = '2026/01/01';

/**
 * The rows of all reports and the records of all deletions as tables for Athena, with queries to begin with. Costs
 * nothing until somebody asks; results are kept in the bucket, below `athena/`.
 */
export class ReportTables extends Construct {
  readonly database: CfnDatabase;
  readonly workGroup: CfnWorkGroup;

  constructor(scope: Construct, id: string, props: ReportTablesProps) {
    super(scope, id);
    const { bucket, prefix } = props;
    const stack = Stack.of(this);
    // Glue wants small letters; the name is made of the construct's place, so that two deployments differ.
    const name = `${this.node.path}_${this.node.addr.slice(-6)}`
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_');
    this.database = new CfnDatabase(this, 'Database', {
      catalogId: stack.account,
      databaseInput: { name, description: 'What harbor-retention decided, and what it did.' },
    });
    const root = `s3://${bucket.bucketName}/${prefix}${folders.reports}`;
    this.table('Decisions', {
      name: 'decisions',
      description: 'Every artifact of every run: what became of it, and why.',
      location: `${root}artifacts/`,
      columns: decisionColumns,
    });
    this.table('Deletions', {
      name: 'deletions',
      description: 'Every action of every armed run, and what came of it.',
      location: `${root}records/`,
      columns: deletionColumns,
    });
    this.workGroup = this.workGroupOf(name, props);
    for (const query of savedQueries) this.query(name, query);
  }

  private workGroupOf(name: string, props: ReportTablesProps): CfnWorkGroup {
    const { bucket, prefix, encryptionKey: key } = props;
    return new CfnWorkGroup(this, 'WorkGroup', {
      name,
      description: 'Queries over the reports of harbor-retention',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: false,
        // A question about a year of a large registry reads some tens of gigabytes.
        bytesScannedCutoffPerQuery: 100_000_000_000,
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${prefix}${folders.queries}`,
          encryptionConfiguration:
            key === undefined
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
  }

  private query(name: string, query: SavedQuery): void {
    new CfnNamedQuery(this, query.id, {
      name: query.name,
      description: query.description,
      database: name,
      queryString: query.sql,
      workGroup: name,
    }).node.addDependency(this.workGroup);
  }

  private table(
    id: string,
    table: {
      readonly name: string;
      readonly description: string;
      readonly location: string;
      readonly columns: readonly Column[];
    },
  ): void {
    const mappings = table.columns
      .filter(({ name, field }) => name !== field)
      .map(({ name, field }) => [`mapping.${name}`, field] as const);
    new CfnTable(this, id, {
      catalogId: Stack.of(this).account,
      databaseName: this.database.ref,
      tableInput: {
        name: table.name,
        description: table.description,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: 'day', type: 'string', comment: 'yyyy/MM/dd, UTC' }],
        parameters: {
          classification: 'json',
          compressionType: 'gzip',
          'projection.enabled': 'true',
          'projection.day.type': 'date',
          'projection.day.format': 'yyyy/MM/dd',
          'projection.day.range': `${FIRST_DAY},NOW`,
          'projection.day.interval': '1',
          'projection.day.interval.unit': 'DAYS',
          'storage.location.template': `${table.location}\${day}/`,
        },
        storageDescriptor: {
          location: table.location,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          columns: table.columns.map(({ name, type, comment }) => ({ name, type, comment })),
          serdeInfo: {
            serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
            parameters: { 'ignore.malformed.json': 'true', ...Object.fromEntries(mappings) },
          },
        },
      },
    });
  }
}
