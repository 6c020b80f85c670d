import type { Artifact } from '../../functions/domain/artifact.ts';
import type { Instant, Known } from '../../functions/domain/instant.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { runIdAt } from '../../functions/domain/run-id.ts';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import { writeFacts } from '../../functions/inventory/facts-file.ts';
import {
  mergePullTimes,
  noPullTimes,
  type PullTimes,
  sumPullTimes,
} from '../../functions/inventory/pull-signal.ts';
import type { PolicyText, RunStore } from '../../functions/ports.ts';
import { saveState } from '../../functions/store/run-state-document.ts';
import { saveSurvey } from '../../functions/store/survey-document.ts';
import {
  type Generated,
  generatedHeads,
  generatedRepository,
  generatedSurvey,
  now,
} from './generated.ts';
import { beginning } from './run-files.ts';

const day = 86_400_000;
/** Repositories in a part of facts: some 5,000 artifacts. */
const perPart = 50;

export interface Month {
  /** On the last night. */
  readonly artifacts: number;
  readonly nights: number;
  readonly policy: PolicyText;
}

/** Stores the facts of nightly runs of the past, as runs leave them: what is pushed and pulled shows from its day on. */
export async function writeMonth(
  store: RunStore,
  { artifacts, nights, policy }: Month,
): Promise<void> {
  const generated = generatedHeads(artifacts);
  for (let night = 0; night < nights; night += 1) {
    const at = now - (nights - 1 - night) * day;
    await writeNight(store, { generated, at, policy });
  }
}

async function writeNight(
  store: RunStore,
  {
    generated,
    at,
    policy,
  }: { readonly generated: Generated; readonly at: Instant; readonly policy: PolicyText },
): Promise<void> {
  const runId = runIdAt(at);
  let pullTimes: PullTimes = noPullTimes;
  let parts = 0;
  let artifactsRead = 0;
  const heads = [];
  for (let first = 0; first < generated.heads.length; first += perPart) {
    const facts = generated.heads
      .slice(first, first + perPart)
      .map((head) => asOf(generatedRepository(head), at));
    heads.push(...facts.map(({ head }) => head));
    const lists = facts.map((one) => one.artifacts);
    pullTimes = mergePullTimes(pullTimes, sumPullTimes(lists, at));
    for (const list of lists) artifactsRead += list.length;
    const writer = store.openPart(stateKeys(runId).facts(parts));
    await writeFacts(writer, facts);
    await writer.close();
    parts += 1;
  }
  const survey = generatedSurvey({ ...generated, heads });
  const harbor = { ...survey.registry.harbor, currentTime: at, measuredAt: at };
  const trash = { project: 'retention-trash', problems: [] };
  await saveSurvey(store, runId, {
    ...survey,
    registry: { ...survey.registry, harbor, trash, takenAt: at },
  });
  const read = Array.from({ length: parts }, (_, index) => index);
  const begun = beginning(policy, at, pullTimes);
  await saveState(store, { ...begun, runId, phase: 'plan', parts, read, artifactsRead });
}

/** The repository as it was: the newest of all its pushes happens on the last day. */
function asOf(all: CompleteRepository, at: Instant): CompleteRepository {
  const newest = Math.max(...all.artifacts.map(({ pushedAt }) => Number(pushedAt)));
  const shift = now - newest;
  const seen = (time: Known<Instant>): Known<Instant> =>
    time === 'unknown' || time > at ? 'unknown' : time;
  const artifacts = all.artifacts
    .filter(({ pushedAt }) => Number(pushedAt) + shift <= at)
    .map((artifact): Artifact => {
      const pushedAt = Number(artifact.pushedAt) + shift;
      const pulledAt = seen(
        artifact.pulledAt === 'unknown' ? 'unknown' : artifact.pulledAt + shift,
      );
      const tags = artifact.tags === 'unknown' ? [] : artifact.tags;
      return {
        ...artifact,
        pushedAt,
        pulledAt,
        tags: tags.map((tag) => ({ ...tag, pushedAt, pulledAt })),
      };
    });
  const children = new Set(artifacts.flatMap((artifact) => artifact.children));
  const artifactCount = artifacts.filter(({ digest }) => !children.has(digest)).length;
  const signed = new Set(
    artifacts.flatMap(({ accessories }) =>
      accessories === 'unknown' ? [] : accessories.map(({ digest }) => digest),
    ),
  );
  return {
    kind: 'complete',
    head: { ...all.head, artifactCount },
    artifacts,
    hidden: (all.hidden ?? []).filter(({ digest }) => signed.has(digest)),
  };
}
