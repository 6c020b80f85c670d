import * as z from 'zod';
import type { Instant } from '../../domain/instant.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { offsetList } from './paging.ts';
import { paths } from './paths.ts';

/** `expires_at` is in Unix seconds, -1 for a robot that never expires. */
const wireRobot = z.object({ name: z.string(), expires_at: z.int() });

/**
 * When our own robot account expires. Harbor shows it only in the list of robots, which needs `robot:list`.
 * 'never' for a robot without an end, and for an account that is no robot.
 * @throws HarborFailure
 */
export async function ownExpiry(client: HarborClient, account: string): Promise<Instant | 'never'> {
  for (const [index, value] of (
    await offsetList(client, paths.robots, { kind: 'small' })
  ).entries()) {
    const robot = checked(wireRobot, { id: index + 1, value }, paths.robots);
    if (robot.name === account) return robot.expires_at < 0 ? 'never' : robot.expires_at * 1_000;
  }
  return 'never';
}
