import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaults } from '../../functions/contract.ts';
import type { SecretMask } from '../../functions/adapters/secret-mask.ts';
import type { World } from '../../functions/ports.ts';
import { policyFile, usualPolicy } from '../policy-file.ts';
import { type CommandEnvironment, localWorld, type WorldOptions } from '../local-world.ts';
import { type Terminal, terminalTelemetry } from '../terminal.ts';

export const policy = (what = 'the policy'): Option =>
  new Option('--policy <file>', `${what}; else ${usualPolicy} of this folder`);

/** Where runs are kept unless the user says otherwise. */
export const defaultOut = '.harbor-retention';

export const out = () =>
  new Option(
    '--out <place>',
    'folder in which runs and reports are kept, or s3://BUCKET/PREFIX of a deployment',
  ).default(defaultOut);
export const json = () => new Option('--json', 'for machines').default(false);

export const connectionOptions = (): readonly Option[] => [
  new Option('--harbor <url>', 'base URL; else that of the credentials, else $HARBOR_URL'),
  new Option(
    '--credentials <file>',
    'JSON with username and password; else $HARBOR_USER and $HARBOR_PASSWORD',
  ),
  new Option('--ca <file>', 'PEM of a private certificate authority; else $HARBOR_CA'),
  new Option('--max-concurrency <count>', 'requests to Harbor at the same time, 1 to 8')
    .argParser(wholeNumber(1, defaults.maxConcurrency))
    .default(defaults.maxConcurrency),
  new Option(
    '--requests-per-second <count>',
    'requests to Harbor that begin within any second, 1 to 1000; else as many as it answers',
  ).argParser(wholeNumber(1, 1000)),
];

/** A reader of whole numbers within bounds. @throws InvalidArgumentError, which commander puts behind the flag's name */
const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** What every command is added with. */
export interface Door {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly environment: CommandEnvironment;
  /** Hides the password in whatever is shown or stored. */
  readonly mask: SecretMask;
  /** Takes the exit code of the command that ran. */
  readonly ending: (code: Promise<number>) => Promise<void>;
}

/** Runs a command in a world of its own; the status line is gone before the command prints. */
export async function withWorld(
  flags: Omit<WorldOptions, 'policy'> & { readonly policy?: string },
  {
    environment,
    terminal,
    mask,
    mayChange = false,
  }: Pick<Door, 'environment' | 'terminal' | 'mask'> & { readonly mayChange?: boolean },
  work: (world: World, terminal: Terminal) => Promise<number>,
): Promise<number> {
  const telemetry = terminalTelemetry(terminal, systemStopwatch);
  const placed = { ...flags, policy: policyFile(flags.policy) };
  const world = await localWorld(placed, environment, { telemetry, mask, mayChange });
  const out = (text: string): void => {
    telemetry.done();
    terminal.out(text);
  };
  try {
    return await work(world, { ...terminal, out });
  } finally {
    telemetry.done();
  }
}
