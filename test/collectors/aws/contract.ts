import { expect, test } from '@jest/globals';
import { ecsList } from '../../../functions/collectors/collect.ts';
import { formatWorkloadList, parseWorkloadList } from '../../../functions/domain/workload-list.ts';

const collecting = {
  clock: { now: () => 0 },
  pause: () => Promise.resolve(),
  progress: () => undefined,
};

/** What collecting relies on, of the embedded APIs and of a real account, which is only read. */
export function ecsContract(open: () => Promise<readonly string[]>): void {
  test('the regions can be listed, and the list is whole', async () => {
    const regions = [...(await open())];
    const choice = { regions, revisions: 2, families: 'all' } as const;
    const { scope, findings } = await ecsList(choice, collecting);
    expect(scope).toMatch(/^\d{12}$/);
    expect(findings.missing).toEqual([]);
    const header = { source: 'ecs', scope, writtenAt: 0, missing: findings.missing };
    const text = formatWorkloadList(header, findings.uses);
    expect(parseWorkloadList(text)).toMatchObject({ uses: findings.uses, unreadable: [] });
  });

  test('what used families have is part of what all have', async () => {
    const regions = [...(await open())];
    const imagesOf = async (families: 'used' | 'all', revisions: number) => {
      const { findings } = await ecsList({ regions, revisions, families }, collecting);
      return new Set(findings.uses.map(({ image }) => image));
    };
    const all = await imagesOf('all', 3);
    const used = await imagesOf('used', 1);
    expect([...used].filter((image) => !all.has(image))).toEqual([]);
  });
}
