import { run, start } from './child.ts';
import type { DeleteLoopAnswer } from './delete-loop.child.ts';
import type { HarborAnswer, HarborInput } from './harbor.child.ts';
import { inFolder } from './in-folder.ts';
import { markdown, short } from './table.ts';
import type { WholeAnswer, WholeInput } from './whole.child.ts';

/** Serial times of a real Harbor 2.15.2 (docs/harbor.md#copying), in ms: a small image, by a robot. */
const harborTakes = { read: 5, copy: 55, delete: 10 } as const;

/** Artifacts deleted in a second. */
export interface DeletionRate {
  readonly trash: boolean;
  readonly ours: number;
  readonly loop: number;
}

const policyFor = (project: string, trash: boolean): string => `version: 1
rules:
  - name: all-old
    select: { projects: [${project}], tags: ['**'] }
    keep: { pushedWithin: 30d }
limits: { maxDeletions: 1000000, maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: ${trash ? '{ project: retention-trash, keepFor: 14d }' : 'off'}
`;

async function rateOf(count: number, trash: boolean): Promise<DeletionRate> {
  const { read, copy, delete: remove } = harborTakes;
  const seeded: HarborInput = {
    seed: { condemned: count },
    readMs: read,
    changeMs: { copy, delete: remove },
  };
  const { answer: harbor, end } = await start<HarborAnswer>('harbor.child.ts', seeded);
  try {
    const suffix = trash ? '-copies' : '';
    const loop = await run<DeleteLoopAnswer>('delete-loop.child.ts', {
      harbor,
      project: `loop${suffix}`,
      trash: trash ? 'retention-trash' : undefined,
    });
    const ours = await inFolder((folder) =>
      run<WholeAnswer>('whole.child.ts', {
        folder,
        from: harbor,
        mode: 'apply',
        policy: { text: policyFor(`ours${suffix}`, trash) },
      } satisfies WholeInput),
    );
    // The policy's floor keeps one in each repository.
    if (ours.deleted < count - 10) throw new Error(`${ours.deleted} of ${count} were deleted`);
    return {
      trash,
      loop: loop.deleted / loop.loopSeconds,
      ours: (ours.deleted * 1000) / (ours.phasesMs['apply'] ?? 0),
    };
  } finally {
    await end();
  }
}

/** Deletions per second in one project, beside a loop that looks at nothing. */
export async function deletionRates(count: number): Promise<readonly DeletionRate[]> {
  return [await rateOf(count, false), await rateOf(count, true)];
}

export const deletionTable = (rates: readonly DeletionRate[]): string =>
  markdown(
    ['deletions in one project', 'a second', 'a bare loop', 'share of the limit'],
    rates.map(({ trash, ours, loop }) => [
      trash ? 'copied to the trash, renamed, compared, deleted' : 'deleted for good',
      short(ours),
      short(loop),
      `${Math.round((100 * ours) / loop)} %`,
    ]),
  );
