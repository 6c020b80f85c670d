import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notice, NoticeWishes } from '../notices/notice.ts';
import type { Notifier } from '../ports.ts';
import type { SecretMask } from './secret-mask.ts';

/** SNS takes 256 KB in all; people read less. Characters. */
const longestText = 20_000;

/**
 * Sends notices to an SNS topic: text for people, JSON for machines (SQS, Lambda, HTTP), and attributes that
 * subscriptions filter by.
 */
export function snsNotifier(
  client: Pick<SNSClient, 'send'>,
  { topicArn, wishes, mask }: { topicArn: string; wishes: NoticeWishes; mask: SecretMask },
): Notifier {
  return {
    wishes,
    publish: async ({ subject, text, data, severity, kinds }: Notice) => {
      const forPeople = mask.hide(text).slice(0, longestText);
      const forMachines = mask.hide(JSON.stringify({ subject, ...data }));
      const message = {
        default: forPeople,
        email: forPeople,
        ...Object.fromEntries(
          ['email-json', 'sqs', 'lambda', 'http', 'https', 'firehose'].map((protocol) => [
            protocol,
            forMachines,
          ]),
        ),
      };
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: mask.hide(subject),
          MessageStructure: 'json',
          Message: JSON.stringify(message),
          MessageAttributes: {
            severity: { DataType: 'String', StringValue: severity },
            kinds: { DataType: 'String.Array', StringValue: JSON.stringify(kinds) },
          },
        }),
      );
    },
  };
}
