import { expect, test } from '@jest/globals';
import { manifestOf } from '../../../functions/workloads/kubernetes/image-id.ts';

const hex = 'a'.repeat(64);
const digest = `sha256:${hex}`;

test.each<[string, string]>([
  // containerd and CRI-O.
  [`harbor.example/team/api@${digest}`, digest],
  [`harbor.example:8443/team/api@${digest}`, digest],
  [`docker.io/library/nginx@${digest}`, digest],
  // Docker.
  [`docker-pullable://harbor.example/team/api@${digest}`, digest],
  // The digest of a config: of an image that was loaded and not pulled.
  [digest, 'unknown'],
  [`docker://${digest}`, 'unknown'],
  [hex, 'unknown'],
  // What nobody has seen yet.
  ['', 'unknown'],
  ['harbor.example/team/api:1', 'unknown'],
  [`harbor.example/team/api@sha256:${hex.slice(1)}`, 'unknown'],
  [`harbor.example/team/api@sha512:${hex}${hex}`, 'unknown'],
])('%s: %s', (imageId, expected) => {
  expect(manifestOf(imageId)).toBe(expected);
});
