import { toldNotices } from '../store/told-notices.ts';
import { noticeKey, storeKeys } from '../domain/store-keys.ts';
import { makeNotice } from '../notices/make-notice.ts';
import { type Notice, nothingTold } from '../notices/notice.ts';
import type { World } from '../ports.ts';
import { memoryIn, memoryOf } from '../store/harbor-memory.ts';
import type { Report } from '../report/report-schema.ts';
import type { RunState } from '../store/run-state.ts';

// A run that failed may be started again, and end otherwise.
const claimKey = ({ runId, data }: Notice): string => storeKeys.noticeClaim(runId, data.end);

/**
 * Sends a notice of a run if there is an occasion, and never twice: whoever creates the claim sends, once. A
 * process that dies in between loses the message, not the report. What fails here fails no run.
 */
export async function notify(report: Report, state: RunState, world: World): Promise<void> {
  const { notifier, store, telemetry } = world;
  if (notifier === undefined) return;
  try {
    const told = await memoryIn(world).catch(() => memoryOf(store, 'unknown'));
    const earlier = (await toldNotices.read(told)) ?? nothingTold;
    const { notice, memory } = makeNotice(
      { report, wishes: notifier.wishes, memory: earlier, at: state.takenAt },
      { address: store.address, reportKey: state.reportKey },
    );
    if (notice === undefined) return;
    const isOurs = await store.create(claimKey(notice), JSON.stringify({ kinds: notice.kinds }));
    if (!isOurs) return;
    await store.write(noticeKey(state.reportKey), toText(notice), 'application/json');
    await notifier.publish(notice);
    // Only after sending: the next run sends again what was not sent.
    await toldNotices.write(told, memory);
    telemetry.info('notice sent', { kinds: notice.kinds.join(' '), severity: notice.severity });
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    telemetry.error('notice could not be sent', { because });
  }
}

function toText({ data, ...notice }: Notice): string {
  return JSON.stringify({ ...notice, ...data }, undefined, 2);
}
