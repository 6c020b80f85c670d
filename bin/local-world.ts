import { S3Client } from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { defined } from '../functions/domain/defined.ts';
import type { ProxyVariables } from '../functions/adapters/harbor/connection.ts';
import { connectHarbor } from '../functions/adapters/harbor/index.ts';
import { inUseRegistry } from '../functions/adapters/in-use/index.ts';
import { listFolders } from '../functions/adapters/list-folders.ts';
import {
  localDigestLists,
  localPolicySource,
  localRunStore,
} from '../functions/adapters/local-files.ts';
import { linesOf } from '../functions/adapters/ndjson-part.ts';
import { maskedStore } from '../functions/adapters/masked-store.ts';
import type { SecretMask } from '../functions/adapters/secret-mask.ts';
import { s3RunStore } from '../functions/adapters/s3-run-store.ts';
import {
  checkPem,
  type HarborCredential,
  maskCredential,
  parseCredential,
} from '../functions/adapters/secrets-manager.ts';
import { newIdentity } from '../functions/adapters/identity.ts';
import { systemClock, systemPause, systemStopwatch } from '../functions/adapters/system-clock.ts';
import { RetentionError } from '../functions/errors.ts';
import { readSavedInventory } from '../functions/inventory/saved-inventory.ts';
import { savedInventoryReader } from '../functions/inventory/saved-reader.ts';
import type {
  Clock,
  ConnectedHarbor,
  HarborReader,
  RunStore,
  Telemetry,
  World,
} from '../functions/ports.ts';

/** Options that several commands share; paths are as the user wrote them. */
export interface WorldOptions {
  readonly policy: string;
  readonly out: string;
  readonly harbor?: string;
  readonly credentials?: string;
  readonly ca?: string;
  /** Requests to Harbor at the same time. */
  readonly maxConcurrency?: number;
  /** Requests to Harbor that begin within any second. */
  readonly requestsPerSecond?: number;
  readonly inventory?: string;
}

/** Variables that the command line reads. */
export interface CommandEnvironment extends ProxyVariables {
  readonly HARBOR_URL?: string;
  readonly HARBOR_USER?: string;
  readonly HARBOR_PASSWORD?: string;
  readonly HARBOR_CA?: string;
  readonly AWS_REGION?: string;
}

/**
 * Where runs are kept: a folder, or the bucket of a deployment (`s3://bucket/prefix`), whose lease they then share.
 */
export function localStore(options: { readonly out: string }): RunStore {
  const bucket = /^s3:\/\/(?<bucket>[^/]+)(?:\/(?<prefix>.*))?$/.exec(options.out)?.groups;
  if (bucket === undefined) return localRunStore(options.out);
  const prefix = bucket['prefix'] ?? '';
  return s3RunStore(new S3Client({ requestStreamBufferSize: 65_536 }), {
    bucket: bucket['bucket'] ?? '',
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
  });
}

/**
 * The world of a terminal: a Harbor or a saved inventory, and a folder instead of S3. The mask learns the password:
 * what Harbor or a proxy answers may repeat it. @throws RetentionError
 */
export async function localWorld(
  options: WorldOptions,
  environment: CommandEnvironment,
  {
    telemetry,
    mask,
    mayChange,
  }: {
    readonly telemetry: Telemetry;
    readonly mask: SecretMask;
    /** Whether the command may come to change Harbor; every other one gets nothing to do so. */
    readonly mayChange: boolean;
  },
): Promise<World> {
  const { clock, reader, changes } =
    options.inventory === undefined
      ? { ...(await realHarbor(options, environment, mask)), clock: systemClock }
      : { ...(await savedHarbor(options.inventory)), changes: undefined };
  const base = dirname(options.policy);
  const readDigestList = localDigestLists(base);
  const store = maskedStore(localStore(options), mask);
  return {
    identity: newIdentity(),
    stopwatch: systemStopwatch,
    harbor: reader,
    ...(mayChange && changes !== undefined && { changes }),
    clock,
    wallClock: systemClock,
    pause: systemPause,
    telemetry,
    store,
    policy: localPolicySource(options.policy),
    inUse: inUseRegistry({ readList: readDigestList, openFolder: listFolders(store, { base }) }),
    readDigestList,
  };
}

/** Connects to the Harbor that flags and environment name; sends nothing yet. @throws RetentionError */
export async function realHarbor(
  options: Omit<WorldOptions, 'policy' | 'out'>,
  environment: CommandEnvironment,
  mask: SecretMask,
): Promise<ConnectedHarbor> {
  const credential =
    options.credentials === undefined
      ? fromEnvironment(environment)
      : parseCredential(await readText(options.credentials), options.credentials);
  maskCredential(credential, mask);
  const url = options.harbor ?? credential.url ?? environment.HARBOR_URL;
  if (url === undefined) {
    throw new RetentionError('usage', 'No Harbor is named.', {
      remedy:
        'Give --harbor URL, or set HARBOR_URL; or plan from a saved inventory with --inventory FILE.',
    });
  }
  const ca = options.ca ?? environment.HARBOR_CA;
  const connection = {
    url,
    username: credential.username,
    password: credential.password,
    ...credential.reach,
    proxy: proxyIn(environment),
    ...(ca === undefined ? {} : { certificateAuthority: checkPem(await readText(ca), ca) }),
  };
  const { maxConcurrency, requestsPerSecond } = options;
  return connectHarbor(connection, systemClock, {
    ...defined({ maxConcurrency, maxRequestsPerSecond: requestsPerSecond }),
  });
}

/** What other programs read as well: which proxy to use, and for which hosts none. */
function proxyIn(environment: CommandEnvironment): ProxyVariables {
  return Object.fromEntries(
    proxyNames.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const proxyNames = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
] as const;

function fromEnvironment(environment: CommandEnvironment): HarborCredential {
  const { HARBOR_USER: username, HARBOR_PASSWORD: password } = environment;
  if (username === undefined || password === undefined || username === '' || password === '') {
    throw new RetentionError('usage', 'No credential for Harbor is given.', {
      remedy:
        'Set HARBOR_USER and HARBOR_PASSWORD (quote the $ of a robot\'s name: \'robot$retention\'), or give --credentials FILE with {"username": …, "password": …}.',
    });
  }
  return { url: undefined, username, password };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new RetentionError('usage', `${path} can't be read.`, {
      cause: error,
      remedy: 'Check the path and its permissions.',
    });
  }
}

/** Decides as if it were the moment at which the inventory was saved. */
async function savedHarbor(path: string): Promise<{ reader: HarborReader; clock: Clock }> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) {
    throw new RetentionError('usage', `${path} can't be read.`, {
      remedy: 'Check the path; `harbor-retention plan --save-inventory FILE` writes such a file.',
    });
  }
  const file = createReadStream(path);
  const lines = path.endsWith('.gz') ? linesOf(file, path) : createInterface({ input: file });
  const saved = await readSavedInventory(lines, path);
  return { reader: savedInventoryReader(saved), clock: { now: () => saved.head.takenAt } };
}
