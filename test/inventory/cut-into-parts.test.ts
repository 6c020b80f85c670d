import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RepositoryHead } from '../../functions/domain/repository.ts';
import { cutIntoParts } from '../../functions/inventory/cut-into-parts.ts';
import type { ProjectHead } from '../../functions/ports.ts';

function project(id: number): ProjectHead {
  return {
    name: `p${id}`,
    id,
    isPublic: false,
    isProxyCache: false,
    repositoryCount: 0,
    retentionId: undefined,
    scansOnPush: false,
  };
}

function head(id: number, projectId: number, artifactCount: number): RepositoryHead {
  return {
    project: `p${projectId}`,
    name: `r${id}`,
    id,
    createdAt: 'unknown',
    updatedAt: 'unknown',
    pullCount: 0,
    artifactCount,
  };
}

const registry = fc
  .array(
    fc.record({
      project: fc.integer({ min: 1, max: 5 }),
      artifacts: fc.integer({ min: 0, max: 9_000 }),
    }),
    {
      maxLength: 60,
    },
  )
  .map((rows) => rows.map((row, index) => head(index + 1, row.project, row.artifacts)));

const cutting = { hasProjectList: true };
const projects = [1, 2, 3, 4, 5].map(project);

test('every repository is in exactly one part, whatever their order', () => {
  fc.assert(
    fc.property(registry, fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), (heads, keys) => {
      const parts = cutIntoParts(projects, heads, cutting);
      const ids = parts.flatMap((part) =>
        part.flatMap((scope) => scope.repositories.map((one) => one.id)),
      );
      expect([...ids].sort((a, b) => a - b)).toEqual(heads.map((one) => one.id));
      const shuffled = heads
        .map((one, index) => ({ one, key: keys[index] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ one }) => one);
      expect(cutIntoParts(projects, shuffled, cutting)).toEqual(parts);
    }),
  );
});

test('a scope holds one project, in ascending order of id, and at most 5,000 artifacts or one repository', () => {
  fc.assert(
    fc.property(registry, (heads) => {
      for (const scope of cutIntoParts(projects, heads, cutting).flat()) {
        const ids = scope.repositories.map((one) => one.id);
        expect(ids).toEqual([...ids].sort((a, b) => a - b));
        expect(new Set(scope.repositories.map((one) => one.project))).toEqual(
          new Set([scope.project]),
        );
        let artifacts = 0;
        for (const one of scope.repositories) artifacts += one.artifactCount;
        expect(artifacts <= 5_000 || scope.repositories.length === 1).toBe(true);
      }
    }),
  );
});

test('a project is not cut while it fits into a part', () => {
  const heads = Array.from({ length: 40 }, (_, index) => head(index + 1, 1, 100));
  expect(cutIntoParts(projects, heads, cutting).flat()).toHaveLength(1);
});
