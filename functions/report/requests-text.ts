import { counted, inNumbers, inTime } from '../domain/format-numbers.ts';
import type { Report } from './report-schema.ts';

/** How many requests to Harbor the run sent, beside the least that it could have sent, and how long it took. */
export function requestsText(report: Report): string {
  const { sent, retried, lowerBound, waitedMs, ledger = 0 } = report.requests;
  let total = 0;
  for (const ms of Object.values(report.durationsMs)) total += ms;
  // Deletions have no bound; it speaks of reading.
  const times =
    lowerBound === 0 || report.applied !== undefined
      ? ''
      : ` (${((sent - ledger) / lowerBound).toFixed(2)} of the lower bound ${inNumbers(lowerBound)}${ledger === 0 ? '' : `, without ${inNumbers(ledger)} that read manifests`})`;
  const again = retried === 0 ? '' : `, ${inNumbers(retried)} sent again`;
  const { repositories = 0, artifacts = 0 } = report.reused ?? {};
  const reused =
    repositories === 0
      ? ''
      : ` ${counted(artifacts, 'artifact')} in ${counted(repositories, 'repository', 'repositories')} that no rule selects are as the run before read them (an event with "fresh": true reads all).`;
  return `Requests to Harbor: ${inNumbers(sent)}${times}${again}, answered after ${inTime(sent === 0 ? 0 : waitedMs / sent)} on average; the run took ${inTime(total)}.${reused}`;
}
