import type { AwsError } from './aws-error.ts';
import { currentVersion, type Bucket, type ListAnswer, type ListRequest } from './s3-objects.ts';

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');

const element = (name: string, value: string | number | boolean): string =>
  `<${name}>${escape(String(value))}</${name}>`;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const errorXml = (error: AwsError, resource: string, requestId: string): string =>
  `${DECLARATION}<Error>${element('Code', error.code)}${element('Message', error.message)}` +
  `${element('Resource', resource)}${element('RequestId', requestId)}</Error>`;

export interface Listing {
  readonly name: string;
  readonly bucket: Bucket;
  readonly request: ListRequest;
  readonly answer: ListAnswer;
  /** `encoding-type=url`: keys are percent-encoded in the answer. */
  readonly encodeKeys: boolean;
}

export function listingXml({ name, bucket, request, answer, encodeKeys }: Listing): string {
  const shown = (key: string): string => (encodeKeys ? encodeURIComponent(key) : key);
  const contents = answer.keys.map((key) => {
    const version = currentVersion(bucket, key);
    return (
      `<Contents>${element('Key', shown(key))}` +
      element('LastModified', version?.lastModified.toISOString() ?? '') +
      element('ETag', version?.etag ?? '') +
      element('Size', version?.body.length ?? 0) +
      `${element('StorageClass', 'STANDARD')}</Contents>`
    );
  });
  const prefixes = answer.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${element('Prefix', shown(prefix))}</CommonPrefixes>`,
  );
  const token = answer.next === undefined ? '' : Buffer.from(answer.next).toString('base64url');
  return (
    `${DECLARATION}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    element('Name', name) +
    element('Prefix', shown(request.prefix)) +
    element('KeyCount', answer.keys.length + answer.commonPrefixes.length) +
    element('MaxKeys', request.maxKeys) +
    (encodeKeys ? element('EncodingType', 'url') : '') +
    (request.delimiter === undefined ? '' : element('Delimiter', request.delimiter)) +
    element('IsTruncated', answer.next !== undefined) +
    (token === '' ? '' : element('NextContinuationToken', token)) +
    `${contents.join('')}${prefixes.join('')}</ListBucketResult>`
  );
}
