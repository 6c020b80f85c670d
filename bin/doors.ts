import { type Command, Option } from 'commander';
import { apply, type ApplyFlags, askOnTerminal } from './commands/apply.ts';
import { check } from './commands/check.ts';
import { convert, type ConvertFlags } from './commands/convert.ts';
import { explain } from './commands/explain.ts';
import { plan } from './commands/plan.ts';
import { restore, type RestoreFlags } from './commands/restore.ts';
import { status } from './commands/status.ts';
import type { SecretMask } from '../functions/adapters/secret-mask.ts';
import type { World } from '../functions/ports.ts';
import {
  type CommandEnvironment,
  localStore,
  localWorld,
  type WorldOptions,
} from './local-world.ts';
import { type Terminal, terminalTelemetry } from './terminal.ts';

const defaultPolicy = new URL('../examples/policy.yaml', import.meta.url).pathname;

const out = () =>
  new Option(
    '--out <place>',
    'folder in which runs and reports are kept, or s3://BUCKET/PREFIX of a deployment',
  ).default('.harbor-retention');
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

function addCheck({ program, terminal, ending }: Door): void {
  program
    .command('check')
    .description('check a policy: every mistake at once, with line and column')
    .argument('[policy]', 'file', defaultPolicy)
    .addOption(json())
    .action((file: string, flags: { json: boolean }) => ending(check(file, flags, terminal)));
}

function addPlan({ program, terminal, environment, mask, ending }: Door): void {
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
      withWorld(flags, { environment, terminal, mask }, (world, quiet) =>
        plan(world, flags, quiet),
      ),
    ),
  );
}

function addExplain({ program, terminal, ending }: Door): void {
  program
    .command('explain')
    .description('why an image stays or goes, by the newest report')
    .argument('<reference>', 'PROJECT/REPOSITORY[:TAG|@DIGEST]')
    .addOption(new Option('--run <id>', 'by the report of this run instead'))
    .addOption(out())
    .addOption(json())
    .action((reference: string, flags: { out: string; json: boolean; run?: string }) =>
      ending(explain(reference, { ...flags, store: localStore(flags) }, terminal)),
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

function addRestore({ program, terminal, environment, mask, ending }: Door): void {
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
      withWorld(
        { ...flags, policy: defaultPolicy },
        { environment, terminal, mask },
        (world, quiet) => restore(run, { flags, world }, quiet),
      ),
    ),
  );
}

function addApply({ program, terminal, environment, mask, ending }: Door): void {
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
      withWorld(flags, { environment, terminal, mask }, (world, quiet) =>
        apply(world, { flags, ask: askOnTerminal }, quiet),
      ),
    ),
  );
}

function addConvert({ program, terminal, ending }: Door): void {
  program
    .command('convert')
    .description("turn harbor-go-client's rp.yaml, or the parameters of its rp_tags, into a policy")
    .argument('[rp.yaml]', 'file with a ranking of repositories')
    .addOption(new Option('--day <days>', 'rp_tags: keep what is at most so many days old'))
    .addOption(new Option('--max <count>', 'rp_tags: and of what is older the newest so many'))
    .addOption(new Option('--repo-name <project/repository>', 'rp_tags: this repository alone'))
    .action((file: string | undefined, flags: ConvertFlags) =>
      ending(convert(file, flags, terminal)),
    );
}

/** Every command, in the order of the help text. */
export const commands = [
  addCheck,
  addPlan,
  addApply,
  addExplain,
  addStatus,
  addRestore,
  addConvert,
] as const;

/** Runs a command in a world of its own; the status line is gone before the command prints. */
async function withWorld(
  flags: WorldOptions,
  { environment, terminal, mask }: Pick<Door, 'environment' | 'terminal' | 'mask'>,
  work: (world: World, terminal: Terminal) => Promise<number>,
): Promise<number> {
  const telemetry = terminalTelemetry(terminal);
  const world = await localWorld(flags, environment, { telemetry, mask });
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
