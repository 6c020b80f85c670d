import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { newS3Client } from './adapters/s3-run-store.ts';
import { systemClock } from './adapters/system-clock.ts';
import { readEnvironment } from './environment.ts';
import { durableHandler } from './lambda/durable-handler.ts';
import { runSlice } from './run.ts';

/** What Lambda calls: the engine, connected to AWS's own services. */
export const handler = durableHandler({
  runSlice,
  clients: { s3: newS3Client(), secrets: new SecretsManagerClient(), sns: new SNSClient() },
  clock: systemClock,
  environment: () => readEnvironment(),
  // The policy and the certificates lie beside the bundle.
  folder: import.meta.dirname,
});
