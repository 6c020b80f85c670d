import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { RetentionError } from '../functions/errors.ts';
import { apply, type ApplyFlags, askOnTerminal } from './commands/apply.ts';
import { check } from './commands/check.ts';
import { explain } from './commands/explain.ts';
import { plan } from './commands/plan.ts';
import { restore, type RestoreFlags } from './commands/restore.ts';
import { status } from './commands/status.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { World } from '../functions/ports.ts';
import {
  type CommandEnvironment,
  localStore,
  localWorld,
  type WorldOptions,
} from './local-world.ts';
import { processTerminal, type Terminal, terminalTelemetry } from './terminal.ts';

const defaultPolicy = new URL('../examples/policy.yaml', import.meta.url).pathname;

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const out = () =>
  new Option('--out <folder>', 'where runs and reports are kept').default('.harbor-retention');
const json = () => new Option('--json', 'for machines').default(false);

interface PlanFlags {
  readonly policy: string;
  readonly out: string;
  readonly json: boolean;
  readonly harbor?: string;
  readonly credentials?: string;
  readonly ca?: string;
  readonly inventory?: string;
  readonly saveInventory?: string;
}

const connectionOptions = (): readonly Option[] => [
  new Option('--harbor <url>', 'base URL; else that of the credentials, else $HARBOR_URL'),
  new Option(
    '--credentials <file>',
    'JSON with username and password; else $HARBOR_USER and $HARBOR_PASSWORD',
  ),
  new Option('--ca <file>', 'PEM of a private certificate authority; else $HARBOR_CA'),
];

interface Door {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly environment: CommandEnvironment;
  /** Takes the exit code of the command that ran. */
  readonly ending: (code: Promise<number>) => Promise<void>;
}

function addCheck({ program, terminal, ending }: Door): void {
  program
    .command('check')
    .description('check a policy: every mistake at once, with line and column')
    .argument('[policy]', 'file', defaultPolicy)
    .addOption(json())
    .action((file: string, flags: { json: boolean }) => ending(check(file, flags, terminal)));
}

function addPlan({ program, terminal, environment, ending }: Door): void {
  const options = [
    new Option('--policy <file>', 'the policy').default(defaultPolicy, 'examples/policy.yaml'),
    ...connectionOptions(),
    new Option('--inventory <file>', 'plan from a saved inventory instead of a Harbor').conflicts(
      'harbor',
    ),
    new Option('--save-inventory <file>', 'keep what was read, for plans without Harbor'),
    out(),
    json(),
  ];
  const command = program
    .command('plan')
    .description(
      'read Harbor, or a saved inventory, and say what would go, and why; changes nothing',
    );
  for (const option of options) command.addOption(option);
  command.action((flags: PlanFlags) =>
    ending(
      withWorld(flags, { environment, terminal }, (world, quiet) => plan(world, flags, quiet)),
    ),
  );
}

function addExplain({ program, terminal, ending }: Door): void {
  program
    .command('explain')
    .description('why an image stays or goes, by the newest report')
    .argument('<reference>', 'PROJECT/REPOSITORY[:TAG|@DIGEST]')
    .addOption(out())
    .addOption(json())
    .action((reference: string, flags: { out: string; json: boolean }) =>
      ending(explain(reference, { store: localStore(flags), json: flags.json }, terminal)),
    );
}

function addStatus({ program, terminal, ending }: Door): void {
  program
    .command('status')
    .description('the newest run in a few lines')
    .addOption(out())
    .addOption(json())
    .action((flags: { out: string; json: boolean }) =>
      ending(status({ store: localStore(flags), json: flags.json }, terminal)),
    );
}

function addRestore({ program, terminal, environment, ending }: Door): void {
  const options = [
    new Option('--only <reference...>', 'PROJECT/REPOSITORY[:TAG|@DIGEST], several if wanted'),
    new Option('--from-trash <project>', 'from the trash alone, where the records are lost'),
    new Option('--apply', 'for real; without it, a dry run').default(false),
    ...connectionOptions(),
    out(),
    json(),
  ];
  const command = program
    .command('restore')
    .description('put back what a run deleted: a dry run, and with --apply for real')
    .argument('[run]', 'the id of the run');
  for (const option of options) command.addOption(option);
  command.action((run: string | undefined, flags: RestoreFlags & PlanFlags) =>
    ending(
      withWorld({ ...flags, policy: defaultPolicy }, { environment, terminal }, (world, quiet) =>
        restore(run, { flags, world }, quiet),
      ),
    ),
  );
}

function addApply({ program, terminal, environment, ending }: Door): void {
  const options = [
    new Option('--policy <file>', 'the policy').default(defaultPolicy, 'examples/policy.yaml'),
    new Option('--approved <file>', 'repositories that may go whole, with their scores'),
    new Option('--yes', 'ask nobody; only together with --plan').default(false),
    new Option('--plan <hash>', 'the plan as `plan` showed it; another one is not carried out'),
    ...connectionOptions(),
    out(),
    json(),
  ];
  const command = program
    .command('apply')
    .description('show the plan, ask, and delete into the trash');
  for (const option of options) command.addOption(option);
  command.action((flags: ApplyFlags & WorldOptions) =>
    ending(
      withWorld(flags, { environment, terminal }, (world, quiet) =>
        apply(world, { flags, ask: askOnTerminal }, quiet),
      ),
    ),
  );
}

const commands = [addCheck, addPlan, addApply, addExplain, addStatus, addRestore] as const;

/** Runs a command in a world of its own; the status line is gone before the command prints. */
async function withWorld(
  flags: WorldOptions,
  { environment, terminal }: Pick<Door, 'environment' | 'terminal'>,
  work: (world: World, terminal: Terminal) => Promise<number>,
): Promise<number> {
  const telemetry = terminalTelemetry(terminal);
  const world = await localWorld(flags, environment, telemetry);
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

/** Runs the command line and answers its exit code; a user's mistake shows no stack trace. */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  environment: CommandEnvironment,
): Promise<number> {
  let end: number = exitCodes.ok;
  const program = new Command('harbor-retention')
    .description('Keeps a Harbor registry from filling up, and says why for every image.')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .version(version)
    .exitOverride()
    .showHelpAfterError('(see --help)');
  const ending = async (code: Promise<number>): Promise<void> => {
    end = await code;
  };
  for (const add of commands) add({ program, terminal, environment, ending });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return end;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof RetentionError) {
      terminal.err(`${error.message}\n→ ${error.remedy}\n`);
      return exitCodeOf(error.code);
    }
    terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.failure;
  }
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), processTerminal(), process.env);
}
