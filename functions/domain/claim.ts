/**
 * The trash is claimed by one deployment: two would purge while the other copies, and cut each other's layers
 * (docs/harbor.md#t40-layers-that-get-lost). The claim is a label of the trash project, which Harbor creates for the
 * first and refuses to the second (T51).
 */
export const claimLabel = 'harbor-retention';

/** Whose a trash project is. */
export type Claim =
  | { readonly kind: 'free' | 'ours' | 'unknown' }
  /** Descriptions as Harbor shows them; more than one only if somebody made them by hand. */
  | { readonly kind: 'others'; readonly by: readonly [string, ...string[]] };

/**
 * What a claim of a store reads like. The address is for people. The id makes it unique: two folders of the same path
 * on two machines are two stores. Harbor keeps descriptions of any length.
 */
export function claimText(address: string, storeId: string): string {
  return `${address} (store ${storeId})`;
}

/** @param own undefined: the store has no id yet, so no claim can be its own */
export function claimOf(
  descriptions: readonly string[] | 'unknown',
  own: string | undefined,
): Claim {
  if (descriptions === 'unknown') return { kind: 'unknown' };
  const [first, ...rest] = descriptions.filter((one) => one !== own);
  if (first !== undefined) return { kind: 'others', by: [first, ...rest] };
  return { kind: descriptions.length === 0 ? 'free' : 'ours' };
}

/** What stands against using the trash, and what to do; undefined for a trash that is ours or free. */
export function claimProblem(
  claim: Claim,
): { readonly found: string; readonly remedy: string } | undefined {
  if (claim.kind === 'unknown')
    return {
      found: 'its labels can’t be read, so nobody knows whether another deployment uses it',
      remedy: 'Grant the robot label:list on the trash project (docs/robot.md).',
    };
  if (claim.kind !== 'others') return undefined;
  return {
    found: `another deployment uses it: its label ${claimLabel} names ${claim.by.join(' and ')}`,
    remedy: `Give this deployment a trash project of its own (trash.project in the policy). Only where the other deployment, or its store, is gone for good: delete the label ${claimLabel} of the trash project in Harbor, and this one claims it with its next armed run.`,
  };
}

/**
 * What distinguishes our claim in one Harbor from that in every other: the label's row and the moment it was made.
 * Undefined if there is none of ours, or Harbor does not say. Pure.
 */
export function claimMark(
  labels: readonly {
    readonly id: number;
    readonly name: string;
    readonly description: string;
    readonly madeAt: string;
  }[],
  own: string,
): string | undefined {
  const ours = labels.find((one) => one.name === claimLabel && one.description === own);
  if (ours === undefined || ours.madeAt === '') return undefined;
  return JSON.stringify({ label: ours.id, madeAt: ours.madeAt });
}
