import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chooseManifests } from '../../functions/ledger/candidates.ts';
import type { Manifest } from '../../functions/ledger/manifest.ts';
import { roles } from '../../functions/ledger/role.ts';

const manifest = (name: string, [project, role]: readonly [number, number], cap = 1): Manifest => ({
  digest: `sha256:${createHash('sha256').update(name).digest('hex')}`,
  cap,
  roles: role,
  projects: [project, role],
  repositories: [project],
  staying: 0,
});

const near = { repositories: new Set([1]), projects: new Set([1]) };

test('what goes is read first, then what is purged, then what is near, the largest of a kind first', () => {
  const far = manifest('far', [2, roles.stays], 9);
  const small = manifest('small', [1, roles.goes], 1);
  const large = manifest('large', [1, roles.goes], 5);
  const due = manifest('due', [3, roles.due]);
  const beside = manifest('beside', [1, roles.stays]);
  const { offer, chosen } = chooseManifests(4, near);
  for (const one of [far, beside, due, small, large]) offer(one);
  expect(chosen()).toEqual([large, small, due, beside]);
});

test('of a project that refuses, one is tried, and the others keep nobody waiting', () => {
  const refused = Array.from({ length: 50 }, (_, at) => manifest(`no ${at}`, [1, roles.goes], at));
  const others = [manifest('a', [2, roles.goes]), manifest('b', [2, roles.stays])];
  const { offer, chosen } = chooseManifests(5, { ...near, refusing: new Set([1]) });
  for (const one of [...refused, ...others]) offer(one);
  expect(chosen()).toEqual([...others, refused[49], refused[48], refused[47]]);
});
