import { describe, expect, test } from '@jest/globals';
import { imageUse, type SeenImage } from '../../functions/workloads/image-use.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const seen = (image: string, found?: SeenImage['digest']): SeenImage => ({
  image,
  digest: found,
  by: 'pod prod/api',
  role: 'running',
});
const ours = ['harbor.example', 'mirror.example:8443'];

describe('what is used', () => {
  test.each<[string, SeenImage['digest'], object]>([
    ['harbor.example/team/api:1', undefined, { image: 'harbor.example/team/api:1' }],
    ['harbor.example/team/api:1', digest, { image: 'harbor.example/team/api:1', digest }],
    ['team/api', digest, { image: 'team/api', digest }],
    [
      `harbor.example/team/api@${digest}`,
      'unknown',
      { image: `harbor.example/team/api@${digest}` },
    ],
    [digest, undefined, { image: digest }],
  ])('%s with %s', (image, found, use) => {
    expect(imageUse(seen(image, found), undefined)).toEqual({
      uses: [{ ...use, by: 'pod prod/api', role: 'running' }],
      missing: [],
    });
  });
});

describe('what is not known is missing, unless it is of another registry', () => {
  test.each<[string, SeenImage['digest'], readonly string[] | undefined, boolean]>([
    // Something runs, and nobody knows which manifest it is.
    ['harbor.example/team/api:1', 'unknown', undefined, true],
    ['harbor.example/team/api:1', 'unknown', ours, true],
    ['HARBOR.example/team/api:1', 'unknown', ours, true],
    ['mirror.example:8443/team/api:1', 'unknown', ours, true],
    ['mirror.example/team/api:1', 'unknown', ours, false],
    ['quay.io/team/api:1', 'unknown', ours, false],
    ['nginx:1.27', 'unknown', ours, false],
    ['team/api:1', 'unknown', ours, false],
    ['team/api:1', 'unknown', ['docker.io'], true],
    ['localhost/api:1', 'unknown', ['localhost'], true],
    // The name says it already.
    [`harbor.example/team/api:1@${digest}`, 'unknown', ours, false],
    // A name that nobody can read.
    ['', undefined, undefined, true],
    ['harbor.example/team/API:1', undefined, ours, true],
    ['quay.io/team/API:1', undefined, ours, false],
    ['{{inputs.parameters.image}}', undefined, ours, true],
    ['$(IMAGE)', undefined, ours, true],
    ['harbor.example/team/{{image}}', undefined, ours, true],
    ['quay.io/team/{{image}}', undefined, ours, false],
    ['team/{{image}}', undefined, ours, false],
    ['harbor.example/team/*:1', undefined, ours, true],
  ])('%j with %s and registries %j: %s', (image, found, ...[registries, isMissing]) => {
    const { missing } = imageUse(seen(image, found), registries);
    for (const { what, because } of missing) expect(what + because).toContain('pod prod/api');
    expect(missing).toEqual(
      isMissing
        ? [
            {
              what: expect.stringMatching(/^the (image|digest) of /),
              because: expect.stringMatching(/\w/),
              remedy: expect.stringMatching(/"registries"/),
            },
          ]
        : [],
    );
  });

  test('its digest and its tag hold anyway', () => {
    const tagged = imageUse(seen('harbor.example/team/api:1', 'unknown'), undefined);
    expect(tagged.uses).toEqual([
      { image: 'harbor.example/team/api:1', by: 'pod prod/api', role: 'running' },
    ]);
    const unreadable = imageUse(seen('harbor.example/API', digest), undefined);
    expect(unreadable.uses).toEqual([{ digest, by: 'pod prod/api', role: 'running' }]);
  });
});
