export type { BundledFile } from './bundled-file.ts';
export { CertificateAuthority } from './certificate-authority.ts';
export { HarborRetention } from './harbor-retention.ts';
export type { HarborRetentionProps } from './harbor-retention-props.ts';
export type { RetentionKeys } from './keys.ts';
export { ReportTables, type ReportTablesProps } from './report-tables.ts';
export { RetentionAlarms, type RetentionAlarmsProps } from './retention-alarms.ts';
export { RetentionDashboard, type RetentionDashboardProps } from './retention-dashboard.ts';
export type {
  HarborProxy,
  LogLevel,
  RetentionNotices,
  RetentionRunProps,
} from './retention-run-props.ts';
export type {
  CustomResource,
  EcsWorkloads,
  EksWorkloads,
  WorkloadsProps,
} from './workloads-props.ts';
export {
  RetentionPolicy,
  type FolderAddress,
  type ObjectAddress,
  type PolicyLists,
} from './retention-policy.ts';
