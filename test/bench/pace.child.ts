// Reads an embedded Harbor as fast as it lets us: at fixed numbers of requests at once, then at the number that the
// client finds for itself, then after its lists take twice as long.
import { harborClient } from '../../functions/adapters/harbor/client.ts';
import { type RateLimiter, rateLimiter } from '../../functions/adapters/harbor/rate-limiter.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { type Measured, measure } from './child.ts';

export interface PaceInput {
  /** What a list takes, in ms. */
  readonly readMs: number;
  /** How long each number at once is tried, in ms. */
  readonly spanMs: number;
}

export type PaceAnswer = Measured & {
  /** Requests a second, for 1, 2, 4 and 8 at once. */
  readonly fixed: Readonly<Record<number, number>>;
  readonly adaptive: number;
  /** At once, when the lists got slower. */
  readonly level: number;
  /** Until half as many, in ms. */
  readonly backOffMs: number;
};

const fixedLevels = [1, 2, 4, 8];
const path = '/api/v2.0/projects/team/repositories/app/artifacts?page_size=100&with_label=true';

await measure(async ({ readMs, spanMs }: PaceInput) => {
  const delays = { readMs, copyMs: 0, deleteMs: 0 };
  const harbor = await startHarbor({ delays, rememberRequests: 0 });
  harbor.seed.project('team');
  for (let index = 0; index < 100; index += 1) {
    harbor.seed.push({ project: 'team', repository: 'app', tags: [`t${index}`] });
  }
  const robot = harbor.seed.robot({
    name: 'bench',
    permissions: [
      { kind: 'project', namespace: '*', access: [{ resource: 'artifact', action: 'list' }] },
    ],
  });
  const clock = { now: () => performance.now() };
  const clientOf = (limiter: RateLimiter) =>
    harborClient(
      { url: harbor.url, username: robot.username, password: robot.secret },
      limiter,
      clock,
    );

  /** Answers until it is enough, from as many askers. */
  const ask = async (
    client: ReturnType<typeof clientOf>,
    askers: number,
    isEnough: () => boolean,
  ): Promise<number> => {
    let answers = 0;
    const asker = async (): Promise<void> => {
      while (!isEnough()) {
        await client.get(path, 'page');
        answers += 1;
      }
    };
    await Promise.all(Array.from({ length: askers }, asker));
    return answers;
  };
  const during = (ms: number): (() => boolean) => {
    const until = performance.now() + ms;
    return () => performance.now() >= until;
  };
  const open = (): RateLimiter => ({
    run: (task) => task(),
    note: () => undefined,
    hold: () => undefined,
    level: () => 0,
  });

  const fixed: Record<number, number> = {};
  for (const level of fixedLevels) {
    fixed[level] = ((await ask(clientOf(open()), level, during(spanMs))) / spanMs) * 1000;
  }
  const limiter = rateLimiter();
  const client = clientOf(limiter);
  await ask(client, 8, during(spanMs));
  const adaptive = ((await ask(client, 8, during(spanMs))) / spanMs) * 1000;
  const level = limiter.level();
  delays.readMs *= 2;
  const slower = performance.now();
  const half = Math.max(1, Math.floor(level / 2));
  await ask(client, 8, () => limiter.level() <= half || performance.now() - slower > 5_000);
  const backOffMs = performance.now() - slower;
  await harbor.close();
  return { fixed, adaptive, level, backOffMs };
});
