import { S3ServiceException } from '@aws-sdk/client-s3';
import { RetentionError } from '../errors.ts';

/** The HTTP status of an SDK error, if S3 answered at all. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

const nameOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'unknown';

export const isMissing = (error: unknown): boolean =>
  nameOf(error) === 'NoSuchKey' || nameOf(error) === 'NotFound';

/** The condition of a conditional write did not hold. */
export const isPrecondition = (error: unknown): boolean => statusOf(error) === 412;

/** Two conditional writes met; S3 asks to try again. */
export const isConflict = (error: unknown): boolean => statusOf(error) === 409;

/** The SDK had sent the request before: this refusal may be by our own first write. */
export const wasRepeated = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.$metadata.attempts ?? 1) > 1;

/** Where the bucket is, if S3 says that it is not where it was looked for; or that nobody has said where to look. */
export function regionTrouble(
  error: unknown,
): { readonly because: string; readonly remedy: string } | undefined {
  if (error instanceof Error && error.message.includes('Region is missing'))
    return {
      because: 'no region is set',
      remedy: 'Set AWS_REGION to the region of the bucket, such as eu-central-1.',
    };
  if (!(error instanceof S3ServiceException) || statusOf(error) !== 301) return undefined;
  const region = error.$response?.headers['x-amz-bucket-region'] ?? 'another region';
  return {
    because: `the bucket lies in ${region}`,
    remedy: `Set AWS_REGION=${region} at a terminal; a deployment needs a bucket in its own region.`,
  };
}

/** What the store says when S3 refuses, or can't be reached. `what` is a verb, `address` an S3 address. */
export function storeError(what: string, address: string, error: unknown): RetentionError {
  if (nameOf(error) === 'NoSuchBucket')
    return new RetentionError(
      'store-unreachable',
      `Could not ${what} ${address}: there is no such bucket.`,
    );
  const trouble = regionTrouble(error);
  if (trouble !== undefined)
    return new RetentionError(
      'store-unreachable',
      `Could not ${what} ${address}: ${trouble.because}.`,
      { cause: error, remedy: trouble.remedy },
    );
  if (statusOf(error) === 403)
    return new RetentionError('store-denied', `S3 refused to ${what} ${address}.`, {
      cause: error,
    });
  return new RetentionError(
    'store-unreachable',
    `Could not ${what} ${address}: ${nameOf(error)}.`,
    {
      cause: error,
    },
  );
}
