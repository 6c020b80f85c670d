import type { EcsApi } from './ecs-api.ts';
import type { RegionBook } from './region-book.ts';

/** Looks at what starts tasks by the clock, or after an event. One that is switched off may be switched on. */
export async function lookAtSchedules(api: EcsApi, book: RegionBook): Promise<void> {
  const buses = await book.attempt('event buses', 'events:ListEventBuses', api.buses);
  for (const bus of buses ?? []) {
    const rules = await book.attempt(`rules of event bus ${bus}`, 'events:ListRules', () =>
      api.rules(bus),
    );
    for (const rule of rules ?? []) {
      const targets = await book.attempt(
        `targets of rule ${rule}`,
        'events:ListTargetsByRule',
        () => api.ruleTargets(bus, rule),
      );
      for (const target of targets ?? []) book.want(target, `rule ${bus}/${rule}`);
    }
  }
  const schedules = await book.attempt('schedules', 'scheduler:ListSchedules', api.schedules);
  for (const schedule of schedules ?? []) {
    const by = `schedule ${schedule.group}/${schedule.name}`;
    const target = await book.attempt(by, 'scheduler:GetSchedule', () =>
      api.scheduleTarget(schedule),
    );
    if (target?.taskDefinition !== undefined) book.want(target.taskDefinition, by);
    if (target?.notUnderstood !== undefined) {
      book.miss(
        `the task definition of ${by}`,
        `its target ${target.notUnderstood} does not say which`,
        'Let the schedule name a task definition in its input.',
      );
    }
  }
}

/** Every active definition of a job of Batch: any of them may be submitted. */
export async function lookAtJobs(api: EcsApi, book: RegionBook): Promise<void> {
  const definitions = await book.attempt(
    'job definitions',
    'batch:DescribeJobDefinitions',
    api.jobDefinitions,
  );
  for (const { name, images } of definitions ?? []) {
    const by = `job definition ${name}`;
    book.see(images.map((image) => ({ image, digest: undefined, by, role: 'may-start' })));
  }
}
