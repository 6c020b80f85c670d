// A dry run of one project, measured from outside it as `npm run bench:harbor` measures any Harbor.
import { type Measured, measure } from './child.ts';
import { type By, type DryRun, dryRunOf } from './dry-run-on-harbor.ts';
import type { HarborAnswer } from './harbor.child.ts';

export interface DryRunInput {
  readonly harbor: HarborAnswer;
  readonly project: string;
  readonly by: By;
}

export type DryRunAnswer = DryRun & Measured;

await measure(async ({ harbor, project, by }: DryRunInput) => {
  // The embedded Harbor's day, on which time passes.
  const begun = performance.now();
  const clock = { now: () => harbor.now + (performance.now() - begun) };
  return { ...(await dryRunOf({ ...harbor, project }, by, clock)) };
});
