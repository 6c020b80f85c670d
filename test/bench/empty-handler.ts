// A handler that does nothing, with the clients that ours has: what a cold start costs before any code of ours.
import {
  S3Client,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';

const clients = { s3: new S3Client(), secrets: new SecretsManagerClient(), sns: new SNSClient() };
const commands = [
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  GetSecretValueCommand,
  PublishCommand,
];

export const handler = withDurableExecution((_event: unknown, context: DurableContext) =>
  context.step('nothing', () => Promise.resolve(Object.keys(clients).length + commands.length)),
);
