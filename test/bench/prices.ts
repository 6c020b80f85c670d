/** A price of AWS: what one unit costs, in US dollars, without free tiers, discounts or taxes. */
export interface Price {
  readonly dollars: number;
  readonly per: string;
  /** How sure it is: quoted on the page of the service, told by others, or remembered and to be looked up. */
  readonly known: 'quoted' | 'told' | 'check';
}

/** Where and when these prices were looked up; change them for your region. Tax and transfer between zones are not in. */
export const priceList = { region: 'us-east-1', looked: '2026-11' } as const;

export const prices = {
  lambdaGigabyteSecond: { dollars: 0.0000133334, per: 'GB-second on Arm', known: 'told' },
  lambdaRequest: { dollars: 0.2 / 1e6, per: 'invocation', known: 'quoted' },
  durableOperation: { dollars: 8 / 1e6, per: 'durable operation', known: 'quoted' },
  durableGigabyteWritten: {
    dollars: 0.25,
    per: 'GB written by durable executions',
    known: 'check',
  },
  durableGigabyteMonth: { dollars: 0.15, per: 'GB-month kept of them', known: 'check' },
  s3Put: { dollars: 0.005 / 1e3, per: 'PUT, LIST', known: 'told' },
  s3Get: { dollars: 0.0004 / 1e3, per: 'GET', known: 'told' },
  s3GigabyteMonth: { dollars: 0.023, per: 'GB-month in S3 Standard', known: 'told' },
  secretMonth: { dollars: 0.4, per: 'secret and month', known: 'told' },
  secretRead: { dollars: 0.05 / 1e4, per: 'read of a secret', known: 'told' },
  logGigabyte: { dollars: 0.5, per: 'GB of logs taken in', known: 'told' },
  logGigabyteMonth: { dollars: 0.03, per: 'GB-month of logs kept', known: 'check' },
  metricHour: { dollars: 0.3 / 730, per: 'metric and hour with data', known: 'told' },
  alarmMonth: { dollars: 0.1, per: 'alarm and month', known: 'told' },
  dashboardMonth: { dollars: 3, per: 'dashboard and month', known: 'told' },
  mail: { dollars: 2 / 1e5, per: 'mail by SNS', known: 'check' },
  schedule: { dollars: 1 / 1e6, per: 'start by the scheduler', known: 'told' },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;
