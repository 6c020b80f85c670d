// Backtests a policy over the nights that lie in a folder, as the command does.
import { backtest } from '../../bin/commands/backtest.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import { type Measured, measure } from './child.ts';

export interface BacktestInput {
  readonly folder: string;
  /** Path of the policy. */
  readonly policy: string;
}

export type BacktestAnswer = Measured & { readonly code: number; readonly bytes: number };

await measure(async ({ folder, policy }: BacktestInput) => {
  let bytes = 0;
  const terminal = {
    out: (text: string) => void (bytes += text.length),
    err: () => undefined,
    isInteractive: false,
  };
  const options = {
    format: 'json',
    nights: 400,
    acknowledgeDrift: true,
    store: localRunStore(folder),
  };
  return { code: await backtest(policy, options, terminal), bytes };
});
