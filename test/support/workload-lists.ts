import fc from 'fast-check';
import type { WorkloadHeader, WorkloadUse } from '../../functions/domain/workload-list.ts';

const text = fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: 'binary' }));

export const headers: fc.Arbitrary<WorkloadHeader> = fc.record({
  source: fc.oneof(fc.constantFrom('kubernetes', 'ecs'), text),
  scope: text,
  writtenAt: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
  missing: fc.array(fc.record({ what: text, because: text, remedy: text }), { maxLength: 2 }),
});

const part = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,6}[a-z0-9])?$/);
const digests = fc.stringMatching(/^sha256:[0-9a-f]{64}$/);
const images = fc
  .record({
    host: fc.constantFrom('', 'h.example/', 'h.example:443/', 'localhost:5000/'),
    path: fc.array(part, { minLength: 1, maxLength: 3 }),
    tag: fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^:[\w][\w.-]{0,10}$/),
      digests.map((digest) => `@${digest}`),
    ),
  })
  .map(({ host, path, tag }) => `${host}${path.join('/')}${tag}`);

const about = { by: text, role: fc.constantFrom('running', 'may-start', 'roll-back') } as const;

/** Uses that a collector may write. */
export const uses: fc.Arbitrary<WorkloadUse> = fc.oneof(
  fc.record({ image: images, digest: digests, ...about }),
  fc.record({ image: images, ...about }),
  fc.record({ digest: digests, ...about }),
);
