import * as z from 'zod';
import { variables, workloadsContract } from './contract.ts';
import { RetentionError } from './errors.ts';
import { type WorkloadsConfig, workloadsConfigSchema } from './workloads/config-schema.ts';

/** What the deployment decided for the function that lists workloads, checked. */
export interface WorkloadsEnvironment {
  readonly bucket: string;
  /** In front of every key; empty, or ending in a slash. */
  readonly prefix: string;
  readonly workloads: WorkloadsConfig;
  /** Name of the function, in logs and metrics. */
  readonly service: string;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
}

const variablesSchema = z.object({
  [variables.bucket]: z.string().min(1),
  [variables.prefix]: z.string().default(''),
  [workloadsContract.variable]: z
    .string()
    .transform((text): unknown => parsed(text))
    .pipe(workloadsConfigSchema),
  [variables.functionName]: z.string().default('harbor-retention-workloads'),
  [variables.logLevel]: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws RetentionError environment-invalid, naming everything that is wrong */
export function readWorkloadsEnvironment(
  source: Readonly<Record<string, string | undefined>> = process.env,
): WorkloadsEnvironment {
  const read = variablesSchema.safeParse(source);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new RetentionError(
      'environment-invalid',
      `The environment of the function is wrong: ${problems.join('; ')}.`,
    );
  }
  const { data } = read;
  return {
    bucket: data[variables.bucket],
    prefix: data[variables.prefix],
    workloads: data[workloadsContract.variable],
    service: data[variables.functionName],
    logLevel: data[variables.logLevel],
  };
}
