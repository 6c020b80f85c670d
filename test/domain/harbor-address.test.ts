import { expect, test } from '@jest/globals';
import { harborKey, normalAddress } from '../../functions/domain/harbor-address.ts';

test.each([
  'https://harbor.example',
  'https://harbor.example/',
  'https://harbor.example:443//',
  'HTTPS://Harbor.Example',
  'https://harbor.example/api/v2.0',
  'https://harbor.example/api/',
])('%s is the same Harbor as https://harbor.example', (written) => {
  expect(normalAddress(written)).toBe('https://harbor.example');
  expect(harborKey(written)).toBe(harborKey('https://harbor.example'));
});

test('other hosts, ports, schemes and paths are other Harbors, with keys that a store can hold', () => {
  const addresses = [
    'https://harbor.example',
    'http://harbor.example',
    'https://harbor.example:8443',
    'https://harbor.example/Staging',
    'https://harbor.example/staging',
    'https://harbor-example',
    `https://${'a'.repeat(60)}.example`,
    `https://${'a'.repeat(60)}.example.org`,
  ];
  const keys = addresses.map(harborKey);
  expect(new Set(keys).size).toBe(addresses.length);
  for (const key of keys) expect(key).toMatch(/^[a-zA-Z0-9.-]{13,80}$/);
});
