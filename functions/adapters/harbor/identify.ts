import type * as z from 'zod';
import { type HarborVersion, isAtLeast, parseHarborVersion } from '../../domain/harbor-version.ts';
import { parseInstant } from '../../domain/instant.ts';
import type { HarborFacts } from '../../domain/registry.ts';
import { RetentionError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { paths } from './paths.ts';
import { wireSystemInfo } from './wire.ts';

/** The oldest Harbor whose lists can be proven whole: 2.5 brought accessories and `current_time`. */
const oldest = { major: 2, minor: 5 } as const;

/**
 * Who we are to Harbor, and what Harbor is.
 * @throws RetentionError harbor-not-signed-in, harbor-too-old, harbor-unexpected, harbor-unreachable
 */
export async function identify(
  client: HarborClient,
  clock: Clock,
  url: string,
): Promise<HarborFacts> {
  const { body } = await client.get(paths.systemInfo, 'small');
  const info = wireSystemInfo.safeParse(body);
  if (!info.success)
    throw HarborFailure.unexpected(paths.systemInfo, 'this is not Harbor’s system information.');
  if (info.data.harbor_version === undefined || !(await isSignedIn(client, info.data))) {
    throw new RetentionError(
      'harbor-not-signed-in',
      'Harbor served this credential as anonymous: its system information lacks what only callers see whom it knows.',
    );
  }
  const version = versionOf(info.data.harbor_version);
  if (!isAtLeast(version, oldest)) {
    throw new RetentionError(
      'harbor-too-old',
      `This is Harbor ${info.data.harbor_version}; 2.5 or later is needed.`,
    );
  }
  return {
    url,
    version: info.data.harbor_version,
    currentTime:
      info.data.current_time === undefined ? 'unknown' : parseInstant(info.data.current_time),
    measuredAt: clock.now(),
    readOnly: info.data.read_only ?? 'unknown',
  };
}

/**
 * Harbor serves wrong credentials as anonymous, with 200 (docs/harbor.md#t1-wrong-credentials), and until 2.9 shows
 * its version to anybody (T55). Its clock and whether it is read-only are shown on no version to an anonymous caller;
 * where a proxy hides them, the account itself is asked for: a user has one, for a robot it is 412.
 */
async function isSignedIn(
  client: HarborClient,
  info: z.output<typeof wireSystemInfo>,
): Promise<boolean> {
  if (info.current_time !== undefined && info.read_only !== undefined) return true;
  try {
    await client.get(paths.currentUser, 'small');
    return true;
  } catch (error) {
    if (!(error instanceof HarborFailure)) throw error;
    if (error.status === 412 && error.harborCode === 'PRECONDITION') return true;
    if (error.status === 401) return false;
    throw error;
  }
}

/** @throws RetentionError harbor-unexpected for a text that is no version */
export function versionOf(text: string): HarborVersion {
  const version = parseHarborVersion(text);
  if (version !== undefined) return version;
  throw new RetentionError(
    'harbor-unexpected',
    `Harbor's version was expected as v2.15.2, it says ${JSON.stringify(text)}.`,
  );
}
