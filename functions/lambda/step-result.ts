import { RetentionError, type ErrorCode } from '../errors.ts';
import type { Invocation } from './world.ts';

/** A failure as a value that survives a durable step; nothing secret and no stack trace in it. */
export interface StepFailure {
  readonly code: ErrorCode | undefined;
  readonly name: string;
  readonly message: string;
  readonly remedy: string | undefined;
}

export type StepResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: StepFailure };

const textOf = (error: unknown, key: 'name' | 'message'): string =>
  typeof error === 'object' && error !== null && key in error
    ? String((error as Record<string, unknown>)[key])
    : String(error);

/**
 * Runs the body of a durable step. What an operator can mend comes back as a value; a bug does too,
 * after its stack trace went to the log, because the service keeps neither the type nor the trace.
 * Metrics of the step are written whatever happens.
 */
export async function settle<T>(
  { telemetry, mask }: Pick<Invocation, 'telemetry' | 'mask'>,
  body: () => Promise<T>,
): Promise<StepResult<T>> {
  try {
    return { ok: true, value: await body() };
  } catch (error) {
    const message = mask.hide(textOf(error, 'message'));
    const name = textOf(error, 'name');
    if (error instanceof RetentionError)
      return { ok: false, failure: { code: error.code, name, message, remedy: error.remedy } };
    telemetry.error('unexpected error, please report it', { error });
    return { ok: false, failure: { code: undefined, name, message, remedy: undefined } };
  } finally {
    telemetry.flush();
  }
}

/** The failure as an error again, without a stack: it would show where it was rethrown. */
export function failedStep(failure: StepFailure): Error {
  const { code, name, message, remedy } = failure;
  const options = remedy === undefined ? {} : { remedy };
  const error =
    code === undefined ? new Error(message) : new RetentionError(code, message, options);
  if (code === undefined) error.name = name;
  delete error.stack;
  return error;
}
