// Verdicts per second, beside a plain loop that only sorts each repository by time and keeps the ten newest.
import type { Artifact } from '../../functions/domain/artifact.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { judgeContext } from '../../functions/plan/judge-context.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import { type Measured, measure } from './child.ts';
import { generatedHeads, generatedRepository, generatedSurvey } from './generated.ts';
import { examplePolicy } from './run-files.ts';

export interface VerdictsInput {
  readonly artifacts: number;
  readonly policy: string;
}

export type VerdictsAnswer = Measured & {
  /** CPU seconds for all repositories, the best of several rounds. */
  readonly judging: number;
  readonly sorting: number;
};

const rounds = 5;

function bestOf(work: () => number, expected: number): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    if (work() !== expected) throw new Error('not every artifact got its verdict');
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

const pushTime = ({ pushedAt }: Artifact): number => (pushedAt === 'unknown' ? 0 : pushedAt);

function plainLoop(repositories: readonly CompleteRepository[]): number {
  let verdicts = 0;
  for (const { artifacts } of repositories) {
    const newest = artifacts.toSorted((a, b) => pushTime(b) - pushTime(a));
    const fates = newest.map(({ digest }, rank) => ({ digest, fate: rank < 10 ? 'keep' : 'go' }));
    verdicts += fates.length;
  }
  return verdicts;
}

await measure(({ artifacts, policy: name }: VerdictsInput) => {
  const generated = generatedHeads(artifacts);
  const repositories = generated.heads.map(generatedRepository);
  const { policy } = examplePolicy(name);
  const { registry } = generatedSurvey(generated);
  const context = judgeContext(policy, { ...registry, pullSignal: 'live' });
  const judging = bestOf(() => {
    let verdicts = 0;
    for (const facts of repositories) verdicts += judgeRepository(facts, context).verdicts.length;
    return verdicts;
  }, artifacts);
  const sorting = bestOf(() => plainLoop(repositories), artifacts);
  return Promise.resolve({ judging, sorting });
});
