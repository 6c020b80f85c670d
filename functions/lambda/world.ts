import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SeenRequest } from '../adapters/harbor/connection.ts';
import { connectHarbor } from '../adapters/harbor/index.ts';
import { harborOnDemand } from '../adapters/harbor-on-demand.ts';
import { listFolders } from '../adapters/list-folders.ts';
import { localDigestLists, localPolicySource } from '../adapters/local-files.ts';
import { inUseRegistry } from '../adapters/in-use/index.ts';
import { maskedStore } from '../adapters/masked-store.ts';
import { s3DigestLists, s3PolicySource } from '../adapters/s3-policy-source.ts';
import { type S3Location, s3RunStore } from '../adapters/s3-run-store.ts';
import { newIdentity } from '../adapters/identity.ts';
import { systemPause, systemStopwatch } from '../adapters/system-clock.ts';
import type { SecretMask } from '../adapters/secret-mask.ts';
import {
  checkPem,
  readCaSecret,
  readCredential,
  type HarborCredential,
} from '../adapters/secrets-manager.ts';
import { snsNotifier } from '../adapters/sns-notifier.ts';
import type { LambdaTelemetry } from '../adapters/telemetry.ts';
import { artifactsThatFit } from '../contract.ts';
import type { Environment } from '../environment.ts';
import { RetentionError } from '../errors.ts';
import type { Clock, Harbor, PolicySource, RunStore, World } from '../ports.ts';

/** Made once per process; they keep their connections between invocations. */
export interface Clients {
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
}

/** What one invocation of the function works with. */
export interface Invocation {
  readonly environment: Environment;
  readonly clients: Clients;
  readonly mask: SecretMask;
  readonly telemetry: LambdaTelemetry;
  readonly clock: Clock;
  /** Where the bundle, its policy and its certificates lie. */
  readonly folder: string;
  /** Begun before the handler; whoever needs it waits for it. */
  readonly credential: Promise<HarborCredential>;
}

/** Reads the credential of this deployment. @throws RetentionError secret-… */
export const credentialOf = (
  invocation: Omit<Invocation, 'credential'>,
): Promise<HarborCredential> =>
  readCredential(invocation.clients.secrets, invocation.environment.secretId, invocation.mask);

async function authority({ environment, clients, folder }: Invocation): Promise<object> {
  const { ca } = environment;
  if (ca === undefined) return {};
  if (ca.kind === 'secret')
    return { certificateAuthority: await readCaSecret(clients.secrets, ca.secretId) };
  const text = await readFile(join(folder, ca.file), 'utf8').catch((error: unknown) => {
    throw new RetentionError('environment-invalid', `The bundle holds no file ${ca.file}.`, {
      cause: error,
    });
  });
  return { certificateAuthority: checkPem(text, ca.file) };
}

async function connect(invocation: Invocation, credential: HarborCredential): Promise<Harbor> {
  const { environment, clock, telemetry } = invocation;
  const url = environment.harborUrl ?? credential.url;
  if (url === undefined)
    throw new RetentionError(
      'secret-malformed',
      `Neither the settings nor the secret ${environment.secretId} say where Harbor is.`,
      { remedy: 'Set harborUrl in the settings, or "url" in the secret.' },
    );
  const { username, password, reach } = credential;
  const { proxy } = environment;
  const connection = {
    url,
    username,
    password,
    ...reach,
    ...(await authority(invocation)),
    ...(proxy === undefined ? {} : { proxy }),
    onRequest: (seen: SeenRequest) => telemetry.debug('request to Harbor', { ...seen }),
  };
  const { maxConcurrency, maxRequestsPerSecond } = environment;
  return connectHarbor(connection, clock, {
    maxConcurrency,
    ...(maxRequestsPerSecond === undefined ? {} : { maxRequestsPerSecond }),
  });
}

function policySource({ environment, clients, folder }: Invocation): PolicySource {
  const { policy } = environment;
  return policy.kind === 's3'
    ? s3PolicySource(clients.s3, policy)
    : localPolicySource(join(folder, policy.file), policy.file);
}

/** The adapters that the deployment asks for; only what `mayChange` gets something to change Harbor with. */
export function worldOf(invocation: Invocation, mayChange: boolean): World {
  const { environment, clients, mask, telemetry, clock, folder } = invocation;
  let prefetched: Promise<HarborCredential> | undefined = invocation.credential;
  const credential = (): Promise<HarborCredential> => {
    const reading = prefetched ?? credentialOf(invocation);
    prefetched = undefined;
    return reading;
  };
  const readDigestList = s3DigestLists(clients.s3, localDigestLists(folder));
  const store = maskedStore(s3RunStore(clients.s3, environment), mask);
  const openBucket = (at: S3Location): RunStore => s3RunStore(clients.s3, at);
  const harbor = harborOnDemand({ credential, connect: (known) => connect(invocation, known) });
  return {
    identity: newIdentity(),
    stopwatch: systemStopwatch,
    harbor: harbor.reader,
    ...(mayChange && { changes: harbor.changes }),
    manifests: harbor.manifests,
    store,
    policy: policySource(invocation),
    clock,
    pause: systemPause,
    telemetry,
    inUse: inUseRegistry({
      readList: readDigestList,
      openFolder: listFolders(store, { base: folder, openBucket }),
    }),
    readDigestList,
    ...(environment.notices && {
      notifier: snsNotifier(clients.sns, { ...environment.notices, mask }),
    }),
    ...(environment.ledgerRequests !== undefined && {
      ledger: { maxRequests: environment.ledgerRequests },
    }),
    ...largestRepository(environment),
  };
}

/** What was set, or what the memory of the function allows. */
function largestRepository({
  maxArtifactsPerRepository: set,
  memorySize,
}: Environment): Pick<World, 'maxArtifactsPerRepository'> {
  if (set !== undefined) return { maxArtifactsPerRepository: set };
  if (memorySize === undefined) return {};
  return { maxArtifactsPerRepository: artifactsThatFit(memorySize) };
}
