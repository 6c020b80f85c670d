import { AwsError } from './aws-error.ts';

/** A message as its subscribers would get it. */
export interface Published {
  readonly topic: string;
  readonly subject: string;
  /** By protocol; `default` for those that are not named. */
  readonly message: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}

const longestSubject = 100;

/** Whether a request is one of SNS: they are forms. */
export function isSns(body: Buffer): boolean {
  return new URLSearchParams(body.toString()).get('Version') === '2010-03-31';
}

/** Takes a Publish as SNS does, with what it would refuse. @throws AwsError */
export function publish(form: URLSearchParams, topics: ReadonlySet<string>): Published {
  const topic = form.get('TopicArn') ?? '';
  if (!topics.has(topic)) throw new AwsError(404, 'NotFound', 'Topic does not exist');
  const subject = form.get('Subject') ?? '';
  if (subject.length > longestSubject || /[^\x20-\x7e]/.test(subject)) {
    throw new AwsError(400, 'InvalidParameter', 'Invalid parameter: Subject');
  }
  if (form.get('MessageStructure') !== 'json') {
    throw new AwsError(400, 'InvalidParameter', 'only messages of structure json are taken here');
  }
  const message = JSON.parse(form.get('Message') ?? '{}') as Record<string, string>;
  if (message['default'] === undefined) {
    throw new AwsError(
      400,
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry',
    );
  }
  return { topic, subject, message, attributes: attributesOf(form) };
}

function attributesOf(form: URLSearchParams): Record<string, string> {
  const found: Record<string, string> = {};
  for (let number = 1; ; number += 1) {
    const prefix = `MessageAttributes.entry.${number}`;
    const name = form.get(`${prefix}.Name`);
    if (name === null) return found;
    found[name] = form.get(`${prefix}.Value.StringValue`) ?? '';
  }
}

/** The answer to a Publish. */
export function publishedXml(number: number): string {
  return `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>00000000-0000-4000-8000-${String(number).padStart(12, '0')}</MessageId></PublishResult><ResponseMetadata><RequestId>EMBEDDED</RequestId></ResponseMetadata></PublishResponse>`;
}

export function snsErrorXml({ code, message }: AwsError): string {
  return `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>EMBEDDED</RequestId></ErrorResponse>`;
}
