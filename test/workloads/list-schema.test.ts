import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatWorkloadList, parseWorkloadList } from '../../functions/domain/workload-list.ts';
import { workloadLineSchema } from '../../functions/workloads/list-schema.ts';
import { blocksOf } from '../support/pages.ts';
import { headers, uses } from '../support/workload-lists.ts';

const isLine = (line: unknown): boolean => workloadLineSchema.safeParse(line).success;

test('every line that is written follows the published schema', () => {
  fc.assert(
    fc.property(headers, fc.array(uses), (header, used) => {
      const lines = formatWorkloadList(header, used).trimEnd().split('\n');
      expect(lines.filter((line) => !isLine(JSON.parse(line)))).toEqual([]);
    }),
  );
});

test('the schema refuses what is no line', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const wrong = [
    {},
    { by: 'x' },
    { image: 'a/b:1' },
    { image: '', by: 'x' },
    { digest: digest.toUpperCase(), by: 'x' },
    { digest, by: 'x', role: 'standby' },
    { list: 'harbor-retention/workloads', version: 2 },
  ];
  expect(wrong.filter(isLine)).toEqual([]);
});

test('the list that docs/workloads.md shows is whole', () => {
  const shown = blocksOf('docs/workloads.md', 'ndjson').map(({ text }) => text);
  expect(shown).toHaveLength(1);
  expect(parseWorkloadList(shown.join(''))).toMatchObject({ scope: 'prod-eu', unreadable: [] });
});
