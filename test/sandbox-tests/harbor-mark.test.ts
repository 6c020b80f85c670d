import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Digest } from '../../functions/domain/artifact.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { changesOn } from '../support/apply-ports.ts';
import { readEverything, readerOf } from '../support/harbor-world.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  const label = harbor.seed.label({ name: 'audited' });
  const at = { project: 'team', repository: 'api' };
  harbor.seed.push({
    ...at,
    tags: ['one'],
    labels: [label],
    accessories: [{ type: 'signature.cosign' }],
  });
  harbor.seed.push({ ...at, tags: ['two'], platforms: 2 });
});
afterEach(() => harbor.close());

const seen = () => [
  harbor.clock.now(),
  harbor.state.projects(),
  harbor.state.repositories(),
  harbor.state.artifacts('team'),
  harbor.state.tags('team', 'api'),
];
const listed = async () => {
  const reader = readerOf({ url: harbor.url, ...harbor.admin }, harbor.clock);
  const { listings } = await readEverything(reader, { withChildren: true });
  return listings.get('team/api')?.artifacts;
};
const digestOf = (tag: string): string =>
  harbor.state.artifacts('team').find(({ tags }) => tags.includes(tag))?.digest ?? '';

describe('a marked Harbor', () => {
  test('is the same again after deletions, pushes, pulls, settings and time', async () => {
    const [before, answered, back] = [seen(), await listed(), harbor.mark()];
    for (const size of [1, 2]) {
      const place = { project: 'team', repository: 'api' };
      await changesOn(harbor).writer.deleteArtifact(place, digestOf('one') as Digest);
      harbor.seed.push({ ...place, tags: ['two', 'three'], size });
      harbor.seed.project('other');
      harbor.clock.advance(86_400_000);
      expect(seen()).not.toEqual(before);
      await back();
      expect(seen()).toEqual(before);
      expect(await listed()).toEqual(answered);
    }
  });

  test('gives the same ids again, so that one course of things can be repeated', async () => {
    const back = harbor.mark();
    const push = () => harbor.seed.push({ project: 'team', repository: 'api', tags: ['new'] }).id;
    const first = push();
    await back();
    expect(push()).toBe(first);
  });

  test('has no faults on and an empty log after going back', async () => {
    const back = harbor.mark();
    await listed();
    harbor.faults.on('cut-before');
    await back();
    expect(harbor.requests.count).toBe(0);
    await expect(listed()).resolves.toHaveLength(4);
  });

  test('can be marked only where nothing is still to become due', async () => {
    await changesOn(harbor).garbage.startCollection({ dryRun: true, workers: 1 });
    expect(() => harbor.mark()).toThrow('still to become due');
    harbor.clock.advance(3_600_000);
    expect(() => harbor.mark()).not.toThrow();
  });
});
