import { HarborError, badRequest } from '../errors.ts';
import type { Selector } from '../rows.ts';

/** A rule of Harbor's own retention, as written (docs/harbor.md#harbors-own-retention). */
export interface RetentionRule {
  readonly id?: number;
  readonly priority?: number;
  readonly disabled?: boolean;
  readonly action: string;
  readonly template: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly tag_selectors?: readonly Selector[] | null;
  readonly scope_selectors?: Readonly<Record<string, readonly Selector[]>> | null;
}

export interface RetentionPolicy {
  readonly algorithm: string;
  readonly rules: readonly RetentionRule[];
  readonly trigger:
    { readonly kind: string; readonly settings?: Readonly<Record<string, unknown>> } | undefined;
  readonly scope: { readonly level: string; readonly ref: number } | undefined;
}

export interface RetentionPolicyRow {
  readonly id: number;
  readonly projectId: number;
  policy: RetentionPolicy;
}

const cronOf = (policy: RetentionPolicy): string => {
  const cron = policy.trigger?.settings?.['cron'];
  return typeof cron === 'string' ? cron : '';
};

const sameRule = (a: RetentionRule, b: RetentionRule): boolean => {
  const essence = (rule: RetentionRule): string =>
    JSON.stringify([
      rule.template,
      rule.params ?? {},
      rule.tag_selectors ?? [],
      rule.scope_selectors ?? {},
    ]);
  return essence(a) === essence(b);
};

/** @throws HarborError 400, 409. Templates, parameters and patterns are not looked at. */
export function checkPolicy(policy: RetentionPolicy): void {
  const { rules } = policy;
  if (rules.length > 15) throw badRequest('bad request: only 15 rules are allowed at most');
  for (const [index, rule] of rules.entries()) {
    const twin = rules.slice(0, index).findIndex((other) => sameRule(other, rule));
    if (twin >= 0)
      throw new HarborError(409, 'CONFLICT', {
        message: `resource conflict: rule ${index} is conflict with rule ${twin}`,
      });
  }
  const cron = cronOf(policy);
  const fields = cron.split(/\s+/);
  if (cron !== '' && fields.length !== 6)
    throw badRequest(
      `invalid cron string for scheduled tag retention: ${cron}, error: expected exactly 6 fields, found ${fields.length}: [${fields.join(' ')}]`,
    );
}

const nonEmpty = (object: Readonly<Record<string, unknown>> | undefined): boolean =>
  object !== undefined && Object.keys(object).length > 0;

const renderRule = (rule: RetentionRule): Record<string, unknown> => ({
  action: rule.action,
  ...(rule.disabled === true ? { disabled: true } : {}),
  ...(rule.id === undefined || rule.id === 0 ? {} : { id: rule.id }),
  ...(nonEmpty(rule.params) ? { params: rule.params } : {}),
  ...(rule.priority === undefined || rule.priority === 0 ? {} : { priority: rule.priority }),
  ...(rule.scope_selectors === undefined || rule.scope_selectors === null
    ? {}
    : { scope_selectors: rule.scope_selectors }),
  tag_selectors: rule.tag_selectors ?? null,
  template: rule.template,
});

/** Every schedule here is taken for a daily one: the next midnight, UTC. */
function nextRun(now: number): string {
  const day = 86_400_000;
  return new Date(Math.floor(now / day) * day + day).toISOString();
}

export function renderPolicy(row: RetentionPolicyRow, now: number): Record<string, unknown> {
  const { policy } = row;
  const cron = cronOf(policy);
  return {
    algorithm: policy.algorithm,
    id: row.id,
    rules: policy.rules.map(renderRule),
    scope: policy.scope,
    trigger: {
      kind: policy.trigger?.kind ?? 'Schedule',
      settings: { cron, ...(cron === '' ? {} : { next_scheduled_time: nextRun(now) }) },
    },
  };
}

/** The policy that a proxy-cache project is born with (T30). */
export const proxyCachePolicy = (projectId: number): RetentionPolicy => ({
  algorithm: 'or',
  rules: [
    {
      id: 1,
      priority: 1,
      action: 'retain',
      template: 'nDaysSinceLastPull',
      params: { nDaysSinceLastPull: 7 },
      tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }],
      scope_selectors: {
        repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
      },
    },
  ],
  trigger: { kind: 'Schedule', settings: { cron: '0 0 0 * * *' } },
  scope: { level: 'project', ref: projectId },
});
