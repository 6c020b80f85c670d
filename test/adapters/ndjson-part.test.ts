import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { linesOf } from '../../functions/adapters/ndjson-part.ts';

async function read(text: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(gzipSync(text), 'a part')) lines.push(line);
  return lines;
}

test('lines of any length come back as they were written', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc
          .tuple(fc.string(), fc.integer({ min: 0, max: 40_000 }))
          .map(([text, times]) => text.replaceAll('\n', ' ') + 'é'.repeat(times)),
      ),
      async (lines) => {
        expect(await read(lines.map((line) => `${line}\n`).join(''))).toEqual(lines);
      },
    ),
    { numRuns: 30 },
  ));

test('a last line without its end is damage, also where it is longer than a chunk', async () => {
  await expect(read(`one\n${'x'.repeat(100_000)}`)).rejects.toMatchObject({
    code: 'state-invalid',
  });
});
