import type { Artifact } from '../domain/artifact.ts';
import { formatInstant, type Instant, type Known } from '../domain/instant.ts';
import { goesAtOf, type Reason } from '../domain/reason.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Verdict } from '../domain/verdict.ts';
import { explain } from './explain.ts';
import type { ReportRow } from './row-schema.ts';

/** The line of the report for one artifact. Pure. */
export function rowOf(
  head: RepositoryHead,
  {
    artifact,
    verdict,
    isChild = false,
  }: { readonly artifact: Artifact; readonly verdict: Verdict; readonly isChild?: boolean },
  now: Instant,
): ReportRow {
  const { reason } = verdict;
  const goesAt = endOf(reason);
  const by = decidedBy(reason);
  return {
    project: head.project,
    repository: head.name,
    digest: artifact.digest,
    id: artifact.id,
    type: artifact.type,
    size: artifact.size,
    tags: artifact.tags === 'unknown' ? null : artifact.tags.map((tag) => tag.name),
    labels: artifact.labels === 'unknown' ? null : [...artifact.labels],
    pushedAt: timeOf(artifact.pushedAt),
    pulledAt: timeOf(artifact.pulledAt),
    ...(isChild ? { child: true as const } : {}),
    fate: verdict.fate,
    ...(verdict.fate === 'untag' ? { untag: [...verdict.tags] } : {}),
    reason: reason.code,
    ...('rule' in reason ? { rule: reason.rule } : {}),
    ...(by === undefined ? {} : { by }),
    ...(goesAt === undefined ? {} : { goesAt: formatInstant(goesAt) }),
    explanation: explain(verdict, now),
  };
}

/** When time alone ends what keeps it. */
function endOf(reason: Reason): Instant | undefined {
  if (reason.code === 'rollout-waits') return reason.tags === undefined ? reason.until : undefined;
  return 'margin' in reason && reason.margin ? goesAtOf(reason.margin) : undefined;
}

function timeOf(time: Known<Instant>): string | null {
  return time === 'unknown' ? null : formatInstant(time);
}

function decidedBy(reason: Reason): string | undefined {
  if ('condition' in reason) return reason.condition;
  return 'by' in reason ? reason.by : undefined;
}
