import type { Command } from 'commander';
import type { SecretMask } from '../functions/adapters/secret-mask.ts';
import { systemStopwatch } from '../functions/adapters/system-clock.ts';
import { defined } from '../functions/domain/defined.ts';
import type { World } from '../functions/ports.ts';
import { type CommandEnvironment, localWorld, type WorldOptions } from './local-world.ts';
import { policyFile } from './policy-file.ts';
import { type Terminal, terminalTelemetry } from './terminal.ts';

/** What every command is added with. */
export interface CommandContext {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly environment: CommandEnvironment;
  /** Hides the password in whatever is shown or stored. */
  readonly mask: SecretMask;
  /** Takes the exit code of the command that ran. */
  readonly ending: (code: Promise<number>) => Promise<void>;
}

/** The flags that say where a command works; the policy is then looked for. */
export type WorldFlags = Omit<WorldOptions, 'policy'> & { readonly policy?: string };

/** Runs a command in a world of its own; the status line is gone before the command prints. */
export async function withWorld(
  flags: WorldFlags,
  {
    environment,
    terminal,
    mask,
    mayChange = false,
  }: Pick<CommandContext, 'environment' | 'terminal' | 'mask'> & { readonly mayChange?: boolean },
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

type Surroundings = Pick<CommandContext, 'terminal' | 'environment' | 'mask'>;

/** Opens worlds that plan from a saved inventory, without a status line. */
export function quietPlanning(
  { inventory }: { readonly inventory?: string },
  surroundings: Surroundings,
): (policy: string, folder: string) => Promise<World> {
  return (policy, out) => quietWorld({ policy, out, ...defined({ inventory }) }, surroundings);
}

/** The same, from an inventory that is known later. */
export function planningFrom(
  surroundings: Surroundings,
): (policy: string, folder: string, inventory: string) => Promise<World> {
  return (policy, out, inventory) => quietWorld({ policy, out, inventory }, surroundings);
}

function quietWorld(
  options: WorldOptions,
  { terminal, environment, mask }: Surroundings,
): Promise<World> {
  const quiet = { ...terminal, isInteractive: false };
  const telemetry = terminalTelemetry(quiet, systemStopwatch);
  return localWorld(options, environment, { telemetry, mask, mayChange: false });
}
