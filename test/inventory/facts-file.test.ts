import { expect, test } from '@jest/globals';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { readFacts, writeFacts } from '../../functions/inventory/facts-file.ts';
import type { PartWriter } from '../../functions/ports.ts';

function memoryPart(): { writer: PartWriter; lines: string[] } {
  const lines: string[] = [];
  const writer: PartWriter = {
    write: async (line) => {
      lines.push(line);
      await Promise.resolve();
    },
    close: () => Promise.resolve({ key: 'part', lines: lines.length, bytes: 0, sha256: '' }),
  };
  return { writer, lines };
}

async function* from(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}

async function all(lines: readonly string[]): Promise<RepositoryFacts[]> {
  const facts: RepositoryFacts[] = [];
  for await (const one of readFacts(from(lines), 'facts')) facts.push(one);
  return facts;
}

const head = {
  project: 'team',
  name: 'api',
  id: 7,
  createdAt: 1_700_000_000_000,
  updatedAt: 'unknown',
  pullCount: 3,
  artifactCount: 1,
} as const;

const repositories: readonly RepositoryFacts[] = [
  {
    kind: 'complete',
    head,
    artifacts: [
      {
        id: 1,
        digest: `sha256:${'1'.repeat(64)}`,
        type: 'IMAGE',
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        size: 10,
        pushedAt: 1_700_000_000_000,
        pulledAt: 'unknown',
        tags: [{ name: 'v1', pushedAt: 1_700_000_000_000, pulledAt: 'unknown' }],
        labels: ['keep'],
        children: [],
        accessories: [],
      },
    ],
  },
  { kind: 'complete', head: { ...head, name: 'empty', id: 8 }, artifacts: [] },
  {
    kind: 'unplannable',
    head: { ...head, name: 'torn', id: 9 },
    seen: [],
    because: 'half an answer',
  },
];

test('facts come back as they were written', async () => {
  const { writer, lines } = memoryPart();
  await writeFacts(writer, repositories);
  expect(await all(lines)).toEqual(repositories);
});

test('a file that lost any one of its lines is refused', async () => {
  const { writer, lines } = memoryPart();
  await writeFacts(writer, repositories);
  for (const lost of lines.keys()) {
    await expect(all(lines.filter((_, index) => index !== lost))).rejects.toMatchObject({
      code: 'state-invalid',
    });
  }
});

test('a line that is no JSON, or no fact, is named', async () => {
  await expect(all(['{"repository":'])).rejects.toThrow('facts, line 1: no JSON');
  await expect(all(['{"x":1}'])).rejects.toThrow('facts, line 1: a repository');
});
