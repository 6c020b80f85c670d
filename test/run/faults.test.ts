import { afterAll, beforeAll, describe, test } from '@jest/globals';
import {
  allFaults,
  createRandom,
  type FaultName,
  type FaultOptions,
} from '../sandbox/harbor/index.ts';
import { type CaseResult, plannedOnFresh, type Switched, tryCase } from './faults-scene.ts';

let planned: Awaited<ReturnType<typeof plannedOnFresh>>;
beforeAll(async () => {
  planned = await plannedOnFresh();
  if (planned.deletions.size < 5 || planned.removals.size !== 1)
    throw new Error('the scene is too small');
});

const isWrite = (request: { readonly method: string }): boolean => request.method !== 'GET';

/** When a fault strikes: from the first request to the last, once, later, and only where something is changed. */
const variants: Readonly<Record<string, FaultOptions>> = {
  always: {},
  once: { times: 1 },
  'from the middle on': { after: 30 },
  'later writes': { path: isWrite, after: 7, times: 3 },
  'every deletion': { method: 'DELETE' },
};

/** Real waiting is not what is tested. */
const values: Partial<Record<FaultName, number>> = { slow: 1, 'too-many-requests': 0 };
const valueOf = (fault: FaultName): FaultOptions =>
  values[fault] === undefined ? {} : { value: values[fault] };

const table = new Map<string, CaseResult[]>();

async function run(name: string, what: string, switched: readonly Switched[]): Promise<void> {
  try {
    const result = await tryCase(switched, planned);
    if (result.struck === 0) return;
    table.set(name, [...(table.get(name) ?? []), result]);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}, ${what}: ${because}`, { cause: error });
  }
}

describe('an armed run under one fault loses nothing, says what became of everything, and is put back', () => {
  test.each(allFaults.map(([name, { about }]) => [name, about] as const))(
    '%s: %s',
    async (fault) => {
      for (const [what, options] of Object.entries(variants)) {
        await run(fault, what, [{ fault, options: { ...options, ...valueOf(fault) } }]);
      }
    },
  );
});

/** Those that leave open what Harbor did, or undo it. */
const dangerous: readonly FaultName[] = [
  'cut-after',
  'gateway-timeout',
  'cut-before',
  'internal-error',
];

test.each(dangerous)(
  'with whichever request the fault %s begins, nothing is lost',
  async (fault) => {
    for (let after = 18; after <= 60; after += 3) {
      await run(`${fault}, beginning anywhere`, `from request ${after} on`, [
        { fault, options: { after } },
      ]);
      await run(`${fault}, beginning anywhere`, `four requests from ${after + 1} on`, [
        { fault, options: { after: after + 1, times: 4 } },
      ]);
    }
  },
);

const seeds = Array.from({ length: 30 }, (_, index) => index + 1);

/** Two to four faults, each with its own chance. */
function combination(seed: number): readonly Switched[] {
  const random = createRandom(seed);
  const count = 2 + Math.floor(random() * 3);
  return Array.from({ length: count }, (_, index) => {
    const [fault] = allFaults[Math.floor(random() * allFaults.length)] ?? allFaults[0] ?? ['slow'];
    const chance = 0.02 + random() * 0.25;
    const path = random() < 0.4 ? { path: isWrite } : {};
    return { fault, options: { chance, seed: seed * 10 + index, ...path, ...valueOf(fault) } };
  });
}

test('random combinations of faults lose nothing either', async () => {
  for (const seed of seeds) {
    const switched = combination(seed);
    const names = switched.map((one) => one.fault).join(' + ');
    await run('combinations', `seed ${seed} (${names})`, switched);
  }
});

/** `FAULT_TABLE=1` prints what became of the runs, as Markdown. */
afterAll(() => {
  if (process.env['FAULT_TABLE'] === undefined) return;
  const count = (words: readonly string[]): string => {
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return [...counts].map(([word, times]) => `${word} ${times}`).join(', ');
  };
  const rows = [...table].map(([fault, results]) => {
    const outcomes = results.flatMap((one) =>
      Object.entries(one.results).flatMap(([kind, times]) =>
        Array.from({ length: times }, () => kind),
      ),
    );
    const struck = results.reduce((sum, one) => sum + one.struck, 0);
    return `| ${fault} | ${results.length} | ${struck} | ${count(results.map((one) => one.firstEnd))} | ${count(outcomes)} |`;
  });
  const head = [
    '| fault | cases | struck | run under the fault | its outcomes |',
    '|---|---|---|---|---|',
  ];
  process.stdout.write(`${[...head, ...rows].join('\n')}\n`);
});
