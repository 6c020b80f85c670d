import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { newSecretMask, type SecretMask } from '../functions/adapters/secret-mask.ts';
import { RetentionError } from '../functions/errors.ts';
import { commands } from './commands/index.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { CommandEnvironment } from './local-world.ts';
import { packageVersion } from './package-folder.ts';
import { plain, processTerminal, type Terminal } from './terminal.ts';

function masked(terminal: Terminal, mask: SecretMask): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(plain(mask.hide(text))),
    err: (text) => terminal.err(mask.hide(text)),
  };
}

/** Runs the command line and answers its exit code; a user's mistake shows no stack trace. */
export async function main(
  argv: readonly string[],
  shown: Terminal,
  environment: CommandEnvironment,
): Promise<number> {
  let end: number = exitCodes.ok;
  const mask = newSecretMask();
  const terminal = masked(shown, mask);
  const program = new Command('harbor-retention')
    .description('Keeps a Harbor registry from filling up, and says why for every image.')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(see --help)');
  const ending = async (code: Promise<number>): Promise<void> => {
    end = await code;
  };
  for (const add of commands) add({ program, terminal, environment, mask, ending });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return end;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof RetentionError) {
      terminal.err(plain(`${error.message}\n→ ${error.remedy}\n`));
      return exitCodeOf(error.code);
    }
    const found = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`${plain(found)}\n`);
    return exitCodes.failure;
  }
}

/**
 * By how much the heap may grow, in percent, before garbage is collected again. Where memory is plenty V8 lets it grow to
 * four times what is in use; this sets no limit.
 */
const heapGrowth = 40;

/** The command line of this process. */
export async function start(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${heapGrowth}`);
  process.exitCode = await main(process.argv.slice(2), processTerminal(), process.env);
}

if (import.meta.main) await start();
