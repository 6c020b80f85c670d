import { Token, type Duration } from 'aws-cdk-lib';
import { durable } from '../functions/contract.ts';

/** The props that have bounds; the same bounds hold for the function's environment. */
export interface BoundedProps {
  readonly harborUrl?: string;
  readonly prefix?: string;
  readonly maxConcurrency?: number;
  readonly maxRequestsPerSecond?: number;
  readonly maxArtifactsPerRepository?: number;
  readonly ledgerRequests?: number;
  readonly memorySize?: number;
  readonly maxSlices?: number;
  readonly maxWait?: Duration;
  readonly sliceDuration?: Duration;
  readonly runExpectedWithin?: Duration;
  readonly expectedDeletions?: number;
}

interface Bounds {
  readonly name: string;
  readonly value: number | undefined;
  readonly least: number;
  readonly most: number;
  readonly unit?: string;
}

function outside({ name, value, least, most, unit = '' }: Bounds): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [`${name} is ${value}${unit}; a whole number from ${least} to ${most}${unit} is allowed`];
}

/** Whatever stands before an @ may be a password. */
const withoutCredential = (url: string): string => url.replace(/^.*@/s, '***@');

const urlProblem = (url: string | undefined): string[] => {
  if (url === undefined || Token.isUnresolved(url)) return [];
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return [
      `harborUrl is ${withoutCredential(url)}; a URL such as https://harbor.example is allowed`,
    ];
  return parsed.username === '' && parsed.password === ''
    ? []
    : ['harborUrl holds a credential; put it into the secret'];
};

const prefixProblem = (prefix: string | undefined): string[] =>
  prefix === undefined || Token.isUnresolved(prefix) || /^$|^[^/].*\/$/.test(prefix)
    ? []
    : [`prefix is ${prefix}; it must end in a slash and not begin with one`];

/** @throws Error that names every prop that is out of bounds, with value and bounds */
export function checkProps(props: BoundedProps): void {
  const problems = [
    ...urlProblem(props.harborUrl),
    ...prefixProblem(props.prefix),
    ...outside({ name: 'maxConcurrency', value: props.maxConcurrency, least: 1, most: 8 }),
    ...outside({
      name: 'maxRequestsPerSecond',
      value: props.maxRequestsPerSecond,
      least: 1,
      most: 1000,
    }),
    ...outside({
      name: 'maxArtifactsPerRepository',
      value: props.maxArtifactsPerRepository,
      least: 1,
      most: 100_000_000,
    }),
    ...outside({ name: 'ledgerRequests', value: props.ledgerRequests, least: 0, most: 1_000_000 }),
    ...outside({ name: 'memorySize', value: props.memorySize, least: 256, most: 10_240 }),
    ...outside({ name: 'maxSlices', value: props.maxSlices, least: 1, most: durable.mostSlices }),
    ...outside({
      name: 'maxWait',
      value: props.maxWait?.toHours({ integral: false }),
      least: 0,
      most: 24,
      unit: ' h',
    }),
    ...outside({
      name: 'sliceDuration',
      value: props.sliceDuration?.toSeconds(),
      least: 10,
      most: 840,
      unit: ' s',
    }),
    ...outside({
      name: 'runExpectedWithin',
      value: props.runExpectedWithin?.toHours({ integral: false }),
      least: 2,
      most: 168,
      unit: ' h',
    }),
    ...outside({
      name: 'expectedDeletions',
      value: props.expectedDeletions,
      least: 0,
      most: Number.MAX_SAFE_INTEGER,
    }),
  ];
  if (problems.length > 0) throw new Error(problems.join('; '));
}
