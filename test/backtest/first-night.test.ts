import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Action } from '../../functions/domain/action.ts';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import { writeFacts } from '../../functions/inventory/facts-file.ts';
import { noPullTimes } from '../../functions/inventory/pull-signal.ts';
import { ruleOn as guardRuling } from '../../functions/phases/guard.ts';
import { judgeParts } from '../../functions/phases/plan.ts';
import type { World } from '../../functions/ports.ts';
import { requireDraft } from '../../functions/store/plan-draft.ts';
import { pastRuns } from '../../functions/store/past-runs.ts';
import { saveState } from '../../functions/store/run-state-document.ts';
import { saveSurvey } from '../../functions/store/survey-document.ts';
import { beginning, runId, silent, toolsOf } from '../bench/run-files.ts';
import { policies, policyOf, repositories } from '../properties/registries.ts';
import { headOf, now, withHidden } from '../support/builder.ts';
import { registryOf } from '../support/judge.ts';
import { memoryStore } from '../support/memory-store.ts';
import { backtestPolicy } from '../../functions/backtest/backtest-policy.ts';

const limits = fc.constantFrom(
  {},
  { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 },
  { maxDeletions: 2, maxDeletionsPercent: 100, onBreach: 'oldestFirst' },
  { maxDeletions: 4, maxDeletionsPercent: 60, onBreach: 'oldestFirst' },
  { maxDeletions: 2 },
);

test('the first night takes what a run plans over the same facts, or is refused by the same rails', async () => {
  let gone = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(repositories, repositories),
      policies,
      limits,
      async ([one, two], drawn, drawnLimits) => {
        const policy = policyOf({ ...drawn, limits: drawnLimits } as typeof drawn);
        const second = { ...withHidden(two), head: { ...headOf('team/api'), id: 8 } };
        const store = memoryStore();
        for (const [part, facts] of [withHidden(one), second].entries()) {
          const writer = store.openPart(stateKeys(runId).facts(part));
          await writeFacts(writer, [facts]);
          await writer.close();
        }
        const { pullSignal: _, ...registry } = registryOf();
        const survey = {
          registry,
          projects: [],
          heads: [one.head, second.head],
          unplannable: {},
          warnings: [],
        };
        const state = {
          ...beginning({ text: '', name: 'policy.yaml' }, now, noPullTimes),
          phase: 'plan',
          parts: 2,
          read: [0, 1],
        };
        await saveSurvey(store, runId, survey);
        await saveState(store, state);

        const night = (await pastRuns(store, 1)).runs[0];
        if (night === undefined) throw new Error('the run left whole facts');
        const backtest = backtestPolicy(policy);
        const seen = await night.registry();
        backtest.begin({ takenAt: now, registry: seen, witnesses: [], reallyDeleted: 0 });
        for await (const facts of night.facts()) backtest.visit(facts);
        if (backtest.needsAgain()) for await (const facts of night.facts()) backtest.visit(facts);
        backtest.end();

        const world = { store, telemetry: silent, clock: { now: () => now } } as unknown as World;
        const tools = { ...toolsOf({ policy, survey }, world), registry: seen };
        await judgeParts(state, tools);
        const { ruling } = await guardRuling(state, tools, world);
        const planned: string[] = [];
        for (const { key } of (await requireDraft(store, runId)).actions)
          for await (const line of store.readPart(key))
            planned.push((JSON.parse(line) as Action).id);
        const refusals = ruling.kind === 'refused' ? ruling.refusals : [];
        const taken = backtest.watched.map(({ removal: { repository, digest, tag } }) =>
          tag === undefined
            ? `delete-artifact:${repository}@${digest}`
            : `remove-tag:${repository}@${digest}:${tag}`,
        );
        expect(backtest.nights[0]?.refusals).toEqual(refusals);
        expect(taken).toEqual(refusals.length > 0 ? [] : planned);
        expect(backtest.nights[0]?.planned.artifacts).toBe(ruling.plan.population.deletions);
        gone += taken.length;
      },
    ),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100) },
  );
  expect(gone).toBeGreaterThan(0);
});
