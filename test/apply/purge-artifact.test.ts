import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ApplyPorts } from '../../functions/apply/apply-ports.ts';
import { purgeArtifact } from '../../functions/apply/purge-artifact.ts';
import type { Purge } from '../../functions/domain/action.ts';
import type { WriteAnswer } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { deletionOf } from '../support/deletion.ts';
import { applyPortsOn } from '../support/apply-ports.ts';

const place = { project: 'trash', repository: 'team/api' };
let harbor: EmbeddedHarbor;
let action: Purge;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('trash');
  const { digest } = harbor.seed.push({ ...place, tags: ['ours'], size: 5 });
  const {
    type: _,
    children: __,
    accessories: ___,
    members: ____,
    ...facts
  } = await deletionOf(harbor, { ...place, digest });
  action = { ...facts, kind: 'purge', id: 'purge', trashedAt: harbor.clock.now() };
});
afterEach(() => harbor.close());

const lost: WriteAnswer = { kind: 'lost', because: 'no answer came' };

/** Answers the deletions one after the other; `meanwhile` happens when the first of them was sent. */
function applyPortsWith(
  answers: readonly WriteAnswer[],
  meanwhile: () => void | Promise<unknown> = () => {},
): ApplyPorts {
  const ports = applyPortsOn(harbor);
  const left = [...answers];
  return {
    ...ports,
    pause: () => Promise.resolve(),
    harbor: {
      ...ports.harbor,
      deleteArtifact: async () => {
        if (left.length === answers.length) await meanwhile();
        return left.shift() ?? lost;
      },
    },
  };
}

const purge = (ports: ApplyPorts) => purgeArtifact(action, { ports, isResumed: false });

describe('a purge that was sent, and whose answer was lost,', () => {
  test('is uncertain where somebody puts a tag on the copy meanwhile', async () => {
    const keep = (): void => {
      harbor.seed.moveTag({ ...place, tag: 'keep-me', to: action.digest });
    };
    expect(await purge(applyPortsWith([lost], keep))).toEqual({
      result: 'uncertain',
      because: 'tag keep-me was put on it',
    });
  });

  test.each<[string, WriteAnswer, string]>([
    ['a refusal', { kind: 'denied', by: 'permission', because: 'forbidden' }, 'forbidden'],
    ['an index that lists it', { kind: 'protected', by: 'parent', because: 'listed' }, 'listed'],
    ['an answer of no sense', { kind: 'unexpected', because: 'a teapot' }, 'a teapot'],
  ])('is uncertain also if the second try meets %s', async (_, answer, because) => {
    expect(await purge(applyPortsWith([lost, answer]))).toEqual({ result: 'uncertain', because });
  });

  test('is done where the copy is gone', async () => {
    const gone = () => applyPortsOn(harbor).harbor.deleteArtifact(place, action.digest);
    expect(await purge(applyPortsWith([lost], gone))).toEqual({ result: 'done' });
  });
});

test('a purge that was never sent says what it met', async () => {
  const denied: WriteAnswer = { kind: 'denied', by: 'permission', because: 'forbidden' };
  expect(await purge(applyPortsWith([denied]))).toMatchObject({ result: 'refused' });
});
