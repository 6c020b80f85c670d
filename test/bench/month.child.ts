// Writes the facts of a month of nightly runs into a folder.
import { localRunStore } from '../../functions/adapters/local-files.ts';
import { type Measured, measure } from './child.ts';
import { writeMonth } from './generated-month.ts';
import { examplePolicy } from './run-files.ts';

export interface MonthInput {
  readonly folder: string;
  readonly artifacts: number;
  readonly nights: number;
  readonly policy: string;
}

await measure(async ({ folder, policy, ...size }: MonthInput): Promise<Partial<Measured>> => {
  await writeMonth(localRunStore(folder), { ...size, policy: examplePolicy(policy).text });
  return {};
});
