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

test('a key shows people the address, without what a store can’t hold', () => {
  expect(harborKey('https://harbor.example')).toMatch(/^harbor\.example-[0-9a-f]{12}$/);
  expect(harborKey('http://harbor.example:8080/a/_b')).toMatch(
    /^harbor\.example-8080-a-b-[0-9a-f]{12}$/,
  );
  const inside = 'https://harbor.example/to/https://other';
  expect(harborKey(inside)).toMatch(/^harbor\.example-to-https-other-[0-9a-f]{12}$/);
});

test('only the end of a path is the API’s, and what is no address stays as it is', () => {
  expect(normalAddress('https://harbor.example/api/v2.0/x')).toBe(
    'https://harbor.example/api/v2.0/x',
  );
  for (const written of ['harbor.example/', '', '/api'])
    expect(normalAddress(written)).toBe(written);
});
