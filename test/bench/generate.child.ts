// Writes a generated inventory into a folder, part by part, in the form in which a run keeps its facts.
import { saveState } from '../../functions/store/run-state-document.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import { writeFacts } from '../../functions/inventory/facts-file.ts';
import { cutIntoParts } from '../../functions/inventory/cut-into-parts.ts';
import {
  mergePullTimes,
  noPullTimes,
  type PullTimes,
  sumPullTimes,
} from '../../functions/inventory/pull-signal.ts';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import { saveSurvey } from '../../functions/store/survey-document.ts';
import { type Measured, measure } from './child.ts';
import { generatedHeads, generatedRepository, generatedSurvey, now } from './generated.ts';
import { beginning, examplePolicy, runId } from './run-files.ts';

export interface GenerateInput {
  readonly folder: string;
  readonly artifacts: number;
  readonly policy: string;
}

await measure(async ({ folder, artifacts, policy }: GenerateInput): Promise<Partial<Measured>> => {
  const store = localRunStore(folder);
  const keys = stateKeys(runId);
  const { projects, heads } = generatedHeads(artifacts);
  const parts = cutIntoParts(projects, heads, { hasProjectList: true });
  let pullTimes: PullTimes = noPullTimes;
  let count = 0;
  for (const [index, part] of parts.entries()) {
    const facts = part.flatMap(({ repositories }) => repositories.map(generatedRepository));
    const writer = store.openPart(keys.facts(index));
    await writeFacts(writer, facts);
    await writer.close();
    const lists = facts.map((one) => one.artifacts);
    pullTimes = mergePullTimes(pullTimes, sumPullTimes(lists, now));
    for (const list of lists) count += list.length;
  }
  await saveSurvey(store, runId, generatedSurvey({ projects, heads }));
  await saveState(store, {
    ...beginning(examplePolicy(policy).text, now, pullTimes),
    phase: 'plan',
    parts: parts.length,
    read: parts.map((_, index) => index),
    artifactsRead: count,
  });
  return {};
});
