import { newS3Client, s3RunStore } from './adapters/s3-run-store.ts';
import { newSecretMask } from './adapters/secret-mask.ts';
import { systemClock, systemPause } from './adapters/system-clock.ts';
import { lambdaTelemetry } from './adapters/telemetry.ts';
import { collectAll, type ListOutcome } from './collectors/collect-all.ts';
import { metrics } from './contract.ts';
import { mediaType } from './workloads/collected-list.ts';
import { readWorkloadsEnvironment } from './workloads-environment.ts';

const s3 = newS3Client();

/** What Lambda calls for the lists of workloads. @throws RetentionError environment-invalid */
export async function handler(): Promise<readonly ListOutcome[]> {
  const environment = readWorkloadsEnvironment();
  const { bucket, prefix, workloads, service, logLevel } = environment;
  const telemetry = lambdaTelemetry({
    service,
    logLevel,
    mask: newSecretMask(),
    clock: systemClock,
  });
  const store = s3RunStore(s3, { bucket, prefix });
  const outcomes = await collectAll(workloads, {
    collecting: { clock: systemClock, pause: systemPause, progress: () => undefined },
    write: (key, text) => store.write(key, text, mediaType),
    telemetry,
  });
  const isWhole = outcomes.every(({ isComplete }) => isComplete);
  telemetry.metric(metrics.workloadLists, isWhole ? 1 : 0, 'Count');
  let uses = 0;
  for (const outcome of outcomes) uses += outcome.uses ?? 0;
  telemetry.metric(metrics.workloadUses, uses, 'Count');
  telemetry.flush();
  return outcomes;
}
