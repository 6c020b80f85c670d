import {
  artifactsThatFit,
  defaults,
  durable,
  durableOperations,
  nodeOptions,
} from '../../../functions/contract.ts';
import { engine, type Inputs, measured } from './inputs.ts';
import type { Night } from './night.ts';

/** A limit, how much of it is used, and what to do about it. */
export interface Limit {
  readonly what: string;
  readonly used: number;
  readonly most: number;
  readonly unit: string;
  /** Whether twice the artifacts use twice as much. */
  readonly grows: boolean;
  readonly remedy: string;
}

/** The plan under way as text, as objects, and as the objects of the part before. */
const draftCopies = 4;

/** What a night in one Harbor comes near to, the nearest first. */
export function limitsOf(inputs: Inputs, artifacts: number, night: Night): readonly Limit[] {
  const repositories = artifacts / inputs.artifactsPerRepository;
  const draft = (repositories * measured.draftBytesPerRepository * draftCopies) / 2 ** 20;
  const heap = Number(/old-space-size=(\d+)/.exec(nodeOptions(inputs.memoryMiB))?.[1] ?? 0);
  const actionsAnHour = ((night.deleted + night.purged) * 3_600_000) / night.phasesMs.change;
  const changing = (inputs.maxSlices * inputs.sliceSeconds) / 3_600;
  const limits: readonly Limit[] = [
    {
      what: 'slices of a run (maxSlices)',
      used: night.slices - night.waits,
      most: inputs.maxSlices,
      unit: 'slices',
      grows: true,
      remedy: `raise maxSlices, up to ${durable.mostSlices}`,
    },
    {
      what: 'durable operations of an execution',
      used: durableOperations(night.slices),
      most: durable.mostOperations,
      unit: 'operations',
      grows: true,
      remedy: 'none is needed below 1,000 slices; longer slices use fewer',
    },
    {
      what: 'age of a plan that is still carried out',
      used: night.lengthMs / 3_600_000,
      most: engine.stalePlanHours,
      unit: 'hours',
      grows: true,
      remedy: 'a smaller maxDeletions: the rest goes on the next night',
    },
    {
      what: 'a night before the next one',
      used: night.lengthMs / 3_600_000,
      most: 24,
      unit: 'hours',
      grows: true,
      remedy:
        'the lease refuses the next start, which is harmless; a smaller maxDeletions, or runs every other night',
    },
    {
      what: 'deletions in the slices of a night',
      used: inputs.maxDeletions,
      most: Math.floor(actionsAnHour * changing),
      unit: 'deletions',
      grows: false,
      remedy:
        'raise maxSlices; a shorter way to Harbor helps most: six requests follow one another for each deletion',
    },
    {
      what: 'memory for the plan under way',
      used: draft,
      most: heap,
      unit: 'MiB',
      grows: true,
      remedy: 'raise memoryMiB, or two deployments with different projects and a trash each',
    },
    {
      what: 'memory for the largest repository',
      used: inputs.artifactsPerRepository,
      most: artifactsThatFit(inputs.memoryMiB),
      unit: 'artifacts',
      grows: false,
      remedy: 'raise memoryMiB; until then that repository is not planned, and the report says so',
    },
    {
      what: 'what Harbor can serve, while we are there',
      used: night.load,
      most: 1,
      unit: '',
      grows: false,
      remedy: 'the pace backs off by itself; maxConcurrency or maxRequestsPerSecond for more room',
    },
    {
      what: 'patience with a Harbor that is gone',
      used: inputs.outageMinutes,
      most: defaults.maxWaitHours * 60,
      unit: 'minutes',
      grows: false,
      remedy:
        'raise maxWaitHours, up to 24; a run that has waited in vain fails, and goes on where it was',
    },
  ];
  return limits.toSorted((a, b) => b.used / b.most - a.used / a.most);
}
