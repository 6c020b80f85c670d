import { expect, test } from '@jest/globals';
import { hasProjectList, parseHarborVersion } from '../../functions/domain/harbor-version.ts';

test('the project-wide list is there from 2.12 on', () => {
  for (const version of ['v2.12.0', 'v2.15.2-0a1b2c3d', '3.0.0']) {
    expect(hasProjectList(parseHarborVersion(version))).toBe(true);
  }
  for (const version of ['v2.11.4', 'v2.5.0', 'dev'])
    expect(hasProjectList(parseHarborVersion(version))).toBe(false);
});
