export type { BundledFile } from './bundled-file.ts';
export { CertificateAuthority } from './certificate-authority.ts';
export { HarborRetention, type HarborRetentionProps } from './harbor-retention.ts';
export type { RetentionKeys } from './keys.ts';
export type { HarborProxy, LogLevel, RetentionNotices } from './retention-function.ts';
export { RetentionPolicy, type ObjectAddress, type PolicyLists } from './retention-policy.ts';
