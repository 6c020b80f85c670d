// A new logical id replaces the resource: its log, its executions, its place in other people's grants.
import { expect, test } from '@jest/globals';
import { stackOf } from './stack-of.ts';

const frozen = {
  RetentionReportsBucket73886E96: 'AWS::S3::Bucket',
  RetentionRunFunctionA5F71787: 'AWS::Lambda::Function',
  RetentionRunFunctionAliaslive301729C9: 'AWS::Lambda::Alias',
  RetentionRunLogGroupB3F6C35E: 'AWS::Logs::LogGroup',
  RetentionRunRole4FB40159: 'AWS::IAM::Role',
  RetentionSchedule7652EA8B: 'AWS::Scheduler::Schedule',
  RetentionFailureQueueBACAFB5C: 'AWS::SQS::Queue',
  RetentionDeadLetterQueue23CBC72B: 'AWS::SQS::Queue',
};

test('what holds something, or is named by others, keeps its logical id', () => {
  const { Resources } = stackOf().template.toJSON() as {
    Resources: Record<string, { Type: string }>;
  };
  const types = Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, Type]));
  expect(types).toMatchObject(frozen);
});
