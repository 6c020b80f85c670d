import { type ParsedDocument, problemAt } from '../functions/config/document.ts';
import type { Path, Problem } from '../functions/config/problem.ts';
import { day, formatDuration } from '../functions/domain/duration.ts';
import type { Policy } from '../functions/domain/policy.ts';
import type { NamedLists } from '../lib/harbor-retention-stack.ts';
import { regionOf, type Settings } from '../lib/settings.ts';

/** The records of what was deleted lie among the reports: a restore needs them as long as the trash keeps the copies. */
export function keptTooShort(
  { reports: { keepForDays } }: Settings,
  { trash }: Policy,
  document: ParsedDocument,
): readonly Problem[] {
  if (keepForDays === undefined || trash === 'off' || keepForDays * day >= trash.keepFor) return [];
  return [
    problemAt(document, ['reports', 'keepForDays'], {
      message: `is shorter than the policy’s trash.keepFor, ${formatDuration(trash.keepFor)}: what was deleted could no longer be restored by its record`,
      allowed: `${Math.ceil(trash.keepFor / day)} or more`,
      value: keepForDays,
    }),
  ];
}

/** A key for a bucket in which no list of the policy lies is a slip of the pen, or of a former policy. */
export function strayKeys(
  { listKeys }: Settings,
  { objects = [], folders = [] }: NamedLists,
  document: ParsedDocument,
): readonly Problem[] {
  const buckets = new Set([...objects, ...folders].map(({ bucket }) => bucket));
  return Object.keys(listKeys)
    .filter((name) => !buckets.has(name))
    .map((name) =>
      problemAt(document, ['listKeys', name], {
        message: 'is the key of a bucket in which no list of the policy lies',
        ...(buckets.size > 0 && { allowed: [...buckets].join(', ') }),
      }),
    );
}

/** Every ARN of a service that works in one region, with its place. */
function arnsIn(settings: Settings): readonly (readonly [Path, string | undefined])[] {
  const { certificateAuthority: ca, policy, reports, alarms, notices, keys, listKeys } = settings;
  const inSecret = ca !== undefined && 'secretArn' in ca ? ca : undefined;
  return [
    [['secretKeyArn'], settings.secretKeyArn],
    [['policy', 'keyArn'], typeof policy === 'string' ? undefined : policy.keyArn],
    [['reports', 'keyArn'], reports.keyArn],
    [['certificateAuthority', 'secretArn'], inSecret?.secretArn],
    [['certificateAuthority', 'keyArn'], inSecret?.keyArn],
    [['alarms', 'topicArn'], alarms.topicArn],
    [['notices', 'topicArn'], notices?.topicArn],
    [['notices', 'keyArn'], notices?.keyArn],
    ...Object.entries(keys).map(([name, arn]) => [['keys', name], arn] as const),
    ...Object.entries(listKeys).map(([name, arn]) => [['listKeys', name], arn] as const),
  ];
}

/** The function runs where its secret is, and Lambda, KMS and SNS look nowhere else. */
export function otherRegions(settings: Settings, document: ParsedDocument): readonly Problem[] {
  const here = regionOf(settings.secretArn);
  return arnsIn(settings).flatMap(([path, arn]) => {
    if (arn === undefined || regionOf(arn) === here) return [];
    return [
      problemAt(document, path, {
        message: `is in the region ${regionOf(arn)}, but secretArn is in ${here}; both must be in the same region`,
        value: arn,
      }),
    ];
  });
}

export function keptElsewhere(
  { reports: { bucket, keepForDays } }: Settings,
  document: ParsedDocument,
): readonly Problem[] {
  if (bucket === undefined || keepForDays === undefined) return [];
  return [
    problemAt(document, ['reports', 'keepForDays'], {
      message: `has no effect on an existing bucket: put it into the lifecycle of ${bucket}, as docs/deploying.md says`,
      value: keepForDays,
    }),
  ];
}
