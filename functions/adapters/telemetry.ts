import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit as Unit } from '@aws-lambda-powertools/metrics';
import { metrics as names } from '../contract.ts';
import type { Clock, MetricUnit, Progress, Telemetry } from '../ports.ts';
import type { SecretMask } from './secret-mask.ts';

/** The log and the metrics of a Lambda, both lines on standard output. */
export interface LambdaTelemetry extends Telemetry {
  /** What helps to find a fault, and is too much for every night. */
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
  /** Writes the metrics collected since the last time; without it they are lost. */
  flush(): void;
}

export interface TelemetryOptions {
  /** Stands in every line, and is the dimension of the metrics. */
  readonly service: string;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  /** Powertools does not redact (docs/design.md#logs); everything written passes through this. */
  readonly mask: SecretMask;
  readonly clock: Clock;
  /** Stand in every line, for example the request id. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** A line of progress at most so often; a big registry would otherwise write thousands. */
const PROGRESS_EVERY_MS = 10_000;
/** A metric of progress at most so often: CloudWatch shows minutes. */
const METRIC_EVERY_MS = 60_000;

const UNITS: Readonly<Record<MetricUnit, (typeof Unit)[keyof typeof Unit]>> = {
  Count: Unit.Count,
  Bytes: Unit.Bytes,
  Milliseconds: Unit.Milliseconds,
};

const phases: ReadonlyMap<string, string> = new Map(Object.entries(names.progress));

/** Powertools keeps these keys for itself and drops ours with a warning. */
const RESERVED = ['message', 'level', 'timestamp', 'service', 'sampling_rate'];

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

type Data = Readonly<Record<string, unknown>>;

function renamed(data: Data): Data {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [RESERVED.includes(key) ? `${key}_` : key, value]),
  );
}

type Level = (typeof LEVELS)[number];

/**
 * Says what is not below a level. In Lambda the function's own level counts for Powertools, and that is never above
 * INFO (lib/retention-function.ts).
 */
function speaking(logger: Logger, least: Level) {
  const write = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  return (level: Level) =>
    (message: string, data: Data = {}): void => {
      if (LEVELS.indexOf(level) >= LEVELS.indexOf(least))
        logger[write[level]](message, renamed(data));
    };
}

/** JSON log lines by Powertools, metrics in CloudWatch's embedded format, secrets masked in both. */
export function lambdaTelemetry(options: TelemetryOptions): LambdaTelemetry {
  const { mask, clock } = options;
  const logger = new Logger({
    serviceName: options.service,
    logLevel: options.logLevel,
    jsonReplacerFn: mask.replacer,
    persistentKeys: { ...options.keys },
  });
  const say = speaking(logger, options.logLevel);
  const metrics = new Metrics({ namespace: names.namespace, serviceName: options.service });
  let spoke: { readonly phase: string; readonly at: number } | undefined;
  let measured: number | undefined;
  let unsaid: Progress | undefined;
  const measure = ({ phase, done, of }: Progress): void => {
    unsaid = undefined;
    const name = phases.get(phase);
    if (name === undefined) return;
    metrics.addMetric(name, Unit.Count, done);
    if (of === undefined || of === 0) return;
    metrics.addMetric(names.progressPercent, Unit.Percent, Math.min(100, (100 * done) / of));
  };
  return {
    debug: say('DEBUG'),
    info: say('INFO'),
    warn: say('WARN'),
    error: say('ERROR'),
    metric: (name, value, unit) => metrics.addMetric(name, UNITS[unit], value),
    progress(progress: Progress) {
      const at = clock.now();
      if (phases.has(progress.phase)) unsaid = progress;
      if (unsaid !== undefined && (measured === undefined || at - measured >= METRIC_EVERY_MS)) {
        measured = at;
        measure(unsaid);
        metrics.publishStoredMetrics();
      }
      if (spoke?.phase === progress.phase && at - spoke.at < PROGRESS_EVERY_MS) return;
      spoke = { phase: progress.phase, at };
      say('INFO')('progress', { ...progress });
    },
    flush() {
      if (unsaid !== undefined) measure(unsaid);
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
