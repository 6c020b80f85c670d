import type { Instant } from './instant.ts';

/**
 * Repositories that a person allowed to be deleted whole, as a report showed them
 * (docs/arming.md#whole-repositories).
 */
export interface ApprovedList {
  /** Harbor's address, as the report named it: a list for another Harbor is refused. */
  readonly harbor: string;
  /** When the ranking was made; what was pushed to since is refused. */
  readonly rankedAt: Instant;
  readonly repositories: readonly ApprovedRepository[];
}

export interface ApprovedRepository {
  /** `project/repository`. */
  readonly name: string;
  readonly score: number;
}

/** The most repositories in one run. */
export const mostApproved = 50;

/** The name under which an approved list stands in reports, where rules have theirs. */
export const approvedRule = 'approved list';

/** What an approval came to, for one repository. */
export type Approval =
  { readonly kind: 'approved' } | { readonly kind: 'refused'; readonly because: string };
