import { expect, test } from '@jest/globals';
import { harborOnDemand } from '../../functions/adapters/harbor-on-demand.ts';
import type { HarborCredential } from '../../functions/adapters/secrets-manager.ts';
import { RetentionError } from '../../functions/errors.ts';
import { startHarbor, type EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import { planPermissions } from '../sandbox/sample-registry.ts';
import { connectHarbor } from '../../functions/adapters/harbor/index.ts';

const clock = { now: () => Date.now() };

interface Asked {
  readonly reads: () => number;
  readonly harbor: ReturnType<typeof harborOnDemand>;
}

/** A Harbor signed in to with one credential after the other, as the secret is read. */
function onDemand(harbor: EmbeddedHarbor, secrets: readonly (HarborCredential | Error)[]): Asked {
  let reads = 0;
  const credential = (): Promise<HarborCredential> => {
    const secret = secrets[Math.min(reads, secrets.length - 1)];
    reads += 1;
    return secret instanceof Error || secret === undefined
      ? Promise.reject(secret ?? new Error('no secret'))
      : Promise.resolve(secret);
  };
  return {
    reads: () => reads,
    harbor: harborOnDemand({
      credential,
      connect: (known) =>
        Promise.resolve(connectHarbor({ ...known, url: harbor.url, retries: 0 }, clock)),
    }),
  };
}

async function withHarbor<T>(
  action: (harbor: EmbeddedHarbor, good: HarborCredential) => Promise<T>,
): Promise<T> {
  const harbor = await startHarbor({ now: () => Date.now() });
  harbor.seed.project('team');
  const robot = harbor.seed.robot({ name: 'planner', permissions: planPermissions });
  try {
    return await action(harbor, {
      url: undefined,
      username: robot.username,
      password: robot.secret,
    });
  } finally {
    await harbor.close();
  }
}

test('nobody signs in before something is asked', () =>
  withHarbor(async (harbor, good) => {
    const asked = onDemand(harbor, [good]);
    expect(asked.harbor.reader.requests()).toMatchObject({ sent: 0 });
    expect(asked.reads()).toBe(0);
    await asked.harbor.reader.identify();
    await asked.harbor.reader.listProjects();
    expect(asked.reads()).toBe(1);
    expect(asked.harbor.reader.requests().sent).toBe(harbor.requests.count);
  }));

test('a credential that was rotated since is read again, once, and then serves', () =>
  withHarbor(async (harbor, good) => {
    const stale = { ...good, password: 'the-one-before' };
    const asked = onDemand(harbor, [stale, good]);
    expect((await asked.harbor.reader.identify()).version).toContain('v2');
    expect((await asked.harbor.reader.listProjects()).map(({ name }) => name)).toContain('team');
    expect(asked.reads()).toBe(2);
  }));

test('a wrong credential that stays the same fails without another try', () =>
  withHarbor(async (harbor, good) => {
    const wrong = { ...good, password: 'never-was-one' };
    const asked = onDemand(harbor, [wrong]);
    await expect(asked.harbor.reader.identify()).rejects.toMatchObject({
      code: 'harbor-not-signed-in',
    });
    expect(asked.reads()).toBe(2);
  }));

test('a secret that cannot be read fails every question with its own error', () =>
  withHarbor(async (harbor) => {
    const asked = onDemand(harbor, [new RetentionError('secret-missing', 'There is no secret.')]);
    await expect(asked.harbor.reader.identify()).rejects.toMatchObject({ code: 'secret-missing' });
    await expect(asked.harbor.reader.listProjects()).rejects.toMatchObject({
      code: 'secret-missing',
    });
    expect(harbor.requests.count).toBe(0);
  }));
