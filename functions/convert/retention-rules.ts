import * as z from 'zod';

const selector = z.object({
  decoration: z.string(),
  pattern: z.string().default(''),
  extras: z.string().nullish(),
});

/** A rule of Harbor's own retention as its API shows it (docs/harbor.md#harbors-own-retention). */
const retentionRule = z.object({
  disabled: z.boolean().nullish(),
  template: z.string(),
  params: z.record(z.string(), z.unknown()).nullish(),
  tag_selectors: z.array(selector).nullish(),
  scope_selectors: z.record(z.string(), z.array(selector).nullish()).nullish(),
});

/** Harbor's own retention policy of one project. */
export const retentionPolicy = z.object({
  rules: z.array(retentionRule).nullish(),
  scope: z.object({ level: z.string().nullish(), ref: z.unknown() }).nullish(),
  trigger: z.object({ settings: z.object({ cron: z.string().nullish() }).nullish() }).nullish(),
});

export type RetentionRule = z.output<typeof retentionRule>;
export type RetentionSelector = z.output<typeof selector>;

/** The rules of Harbor's own retention in one project. */
export interface ProjectRetention {
  readonly project: string;
  readonly rules: readonly RetentionRule[];
  /** Whether Harbor runs it by itself; undefined where the source does not say. */
  readonly isScheduled?: boolean;
}
