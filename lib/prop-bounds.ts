import type { HarborRetentionProps } from './harbor-retention-props.ts';
import { Token, type Duration } from 'aws-cdk-lib';
import { durable } from '../functions/contract.ts';

interface Bounds {
  readonly name: keyof HarborRetentionProps;
  readonly least: number;
  readonly most: number;
  readonly unit?: string;
  readonly value?: (duration: Duration) => number;
}

const inHours = (duration: Duration): number => duration.toHours({ integral: false });

/** These bounds hold for settings.yaml and for the function's environment as well. */
const bounds: readonly Bounds[] = [
  { name: 'maxConcurrency', least: 1, most: 8 },
  { name: 'maxRequestsPerSecond', least: 1, most: 1000 },
  { name: 'maxArtifactsPerRepository', least: 1, most: 100_000_000 },
  { name: 'ledgerRequests', least: 0, most: 1_000_000 },
  { name: 'memorySize', least: 256, most: 10_240 },
  { name: 'reservedConcurrentExecutions', least: 1, most: 1 },
  { name: 'maxSlices', least: 1, most: durable.mostSlices },
  { name: 'maxWait', least: 0, most: 24, unit: ' h', value: inHours },
  {
    name: 'sliceDuration',
    least: 10,
    most: 840,
    unit: ' s',
    value: (duration) => duration.toSeconds({ integral: false }),
  },
  { name: 'runExpectedWithin', least: 2, most: 168, unit: ' h', value: inHours },
  {
    name: 'reportRetention',
    least: 1,
    most: 36_500,
    unit: ' days',
    value: (duration) => duration.toDays({ integral: false }),
  },
  { name: 'expectedDeletions', least: 0, most: 1_000_000_000 },
];

const shown = (value: unknown): string => JSON.stringify(value) ?? 'no value';

function outside(given: unknown, { name, least, most, unit = '', value }: Bounds): string[] {
  if (given === undefined || Token.isUnresolved(given)) return [];
  const isDuration = typeof given === 'object' && given !== null && 'toSeconds' in given;
  const allowed = `allowed: a whole number from ${least} to ${most}${unit}`;
  if (value !== undefined && !isDuration)
    return [`${name} is ${shown(given)}; a Duration is expected, ${allowed}`];
  const number = value === undefined ? given : value(given as Duration);
  return Number.isInteger(number) && Number(number) >= least && Number(number) <= most
    ? []
    : [`${name} is ${shown(number)}${unit}; ${allowed}`];
}

/** Every number and duration that is out of its bounds, with its value and the bounds. */
export const outOfBounds = (props: HarborRetentionProps): readonly string[] =>
  bounds.flatMap((bound) => outside(props[bound.name], bound));
