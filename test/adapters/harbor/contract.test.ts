import { describe, expect, test } from '@jest/globals';
import { startHarbor } from '../../sandbox/harbor/index.ts';
import { harborContract } from './contract.ts';

describe.each(['v2.15.2-0a1b2c3d', 'v2.11.1-aaaaaaaa', 'v2.9.5-aaaaaaaa', 'v2.5.6-aaaaaaaa'])(
  'the client on the embedded Harbor %s',
  (version) => {
    harborContract(async () => {
      const harbor = await startHarbor({ version });
      const close = async (): Promise<void> => {
        const left = harbor.state.projects();
        await harbor.close();
        expect(left).toEqual([]);
      };
      return {
        url: harbor.url,
        ...harbor.admin,
        close,
        passTime: (ms) => harbor.clock.advance(ms),
      };
    });
  },
);

const {
  HARBOR_URL: url = '',
  HARBOR_USER: username = '',
  HARBOR_PASSWORD: password = '',
} = process.env;
const isReal = url !== '';
if (!isReal) {
  console.warn(
    'The suite of the Harbor client on a real Harbor is skipped: HARBOR_URL, HARBOR_USER and HARBOR_PASSWORD are not set.',
  );
}

(isReal ? describe : describe['skip'])('the client on the Harbor of HARBOR_URL', () => {
  if (isReal)
    harborContract(() =>
      Promise.resolve({ url, username, password, close: () => Promise.resolve() }),
    );
  else test('is held to the suite', () => undefined);
});
