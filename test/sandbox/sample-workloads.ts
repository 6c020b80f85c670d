import {
  formatWorkloadList,
  type WorkloadHeader,
  type WorkloadUse,
} from '../../functions/domain/workload-list.ts';
import type { EmbeddedHarbor } from './harbor/index.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The collected lists of the sample registry, whose images lie in it only where workloads are part of what is shown. */
export interface SampleWorkloads {
  /** Text of each list, by its name. */
  readonly lists: ReadonlyMap<string, string>;
  /** `project/repository:tag` of images that no rule keeps, and a list does. */
  readonly held: readonly string[];
}

/** Four releases of one minor version, the oldest of which is old enough to go. */
function seedReleases(harbor: EmbeddedHarbor, now: number, place: string): void {
  const [project = '', ...rest] = place.split('/');
  for (const patch of [0, 1, 2, 3])
    harbor.seed.push({
      project,
      repository: rest.join('/'),
      tags: [`v1.4.${patch}`],
      size: 90_000_000 + patch * 1_000_000,
      pushedAt: now - (400 - patch) * DAY,
    });
}

/**
 * Adds two images of 400 days that nothing but a list keeps: a deployment that is scaled to zero may start the one, and
 * the task definition before the current one has the other.
 */
export function sampleWorkloads(harbor: EmbeddedHarbor, now: number): SampleWorkloads {
  const yearEnd = 'team-a/jobs/year-end';
  const invoices = 'team-b/shop/invoices';
  for (const place of [yearEnd, invoices]) seedReleases(harbor, now, place);
  const image = (name: string): string => `${new URL(harbor.url).host}/${name}`;
  const list = (header: Pick<WorkloadHeader, 'source' | 'scope'>, uses: readonly WorkloadUse[]) =>
    formatWorkloadList({ ...header, writtenAt: now - HOUR, missing: [] }, uses);
  return {
    held: [`${yearEnd}:v1.4.0`, `${invoices}:v1.4.0`],
    lists: new Map([
      [
        'prod-eu',
        list({ source: 'kubernetes', scope: 'prod-eu' }, [
          {
            image: image(`${yearEnd}:v1.4.0`),
            by: 'deployment finance/year-end',
            role: 'may-start',
          },
          { image: image('team-a/web:latest'), by: 'deployment shop/web', role: 'running' },
        ]),
      ],
      [
        'prod',
        list({ source: 'ecs', scope: 'prod' }, [
          { image: image(`${invoices}:v1.4.3`), by: 'service shop/invoices', role: 'running' },
          {
            image: image(`${invoices}:v1.4.0`),
            by: 'task definition invoices:41',
            role: 'roll-back',
          },
        ]),
      ],
    ]),
  };
}
