import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { defined } from '../domain/defined.ts';
import { RetentionError } from '../errors.ts';
import type { DatedText, DigestListReader, PolicySource, PolicyText } from '../ports.ts';
import { isMissing, regionTrouble, statusOf } from './s3-errors.ts';

interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

async function readObject(client: S3Client, at: ObjectAddress): Promise<PolicyText & DatedText> {
  const name = `s3://${at.bucket}/${at.key}`;
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: at.bucket, Key: at.key }));
    const text = (await answer.Body?.transformToString('utf8')) ?? '';
    const modifiedAt = answer.LastModified?.getTime() ?? 'unknown';
    return {
      text,
      name,
      modifiedAt,
      ...defined({ version: answer.VersionId }),
    };
  } catch (error) {
    const why = isMissing(error)
      ? 'there is no such object'
      : statusOf(error) === 403
        ? 'reading it was denied, or there is no such object'
        : 'S3 did not answer as expected';
    const trouble = regionTrouble(error);
    throw new RetentionError(
      'policy-unreadable',
      `Could not read ${name}: ${trouble?.because ?? why}.`,
      { cause: error, ...(trouble && { remedy: trouble.remedy }) },
    );
  }
}

/** The policy as an S3 object; its version id stands in every report where the bucket has versions. */
export const s3PolicySource = (client: S3Client, at: ObjectAddress): PolicySource => ({
  load: async () => {
    const { modifiedAt: _unasked, ...policy } = await readObject(client, at);
    return policy;
  },
});

/** Digest lists in S3; those in files are left to `files`. */
export const s3DigestLists =
  (client: S3Client, files: DigestListReader): DigestListReader =>
  async (source) =>
    source.kind === 's3' ? await readObject(client, source) : files(source);
