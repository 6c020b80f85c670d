import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { Option } from 'commander';
import type { World } from '../../functions/ports.ts';
import { check, type CheckFlags } from '../commands/check.ts';
import { convert, type ConvertFlags } from '../commands/convert.ts';
import { diff, diffFormats } from '../commands/diff.ts';
import { plan } from '../commands/plan.ts';
import { localStore, localWorld } from '../local-world.ts';
import { policyFile, usualPolicy } from '../policy-file.ts';
import { lookAheadPlace, rememberingStore } from '../look-ahead-store.ts';
import { terminalTelemetry } from '../terminal.ts';
import { connectionOptions, type Door, json, out, policy, withWorld } from './door.ts';

interface PlanFlags {
  readonly policy?: string;
  readonly out: string;
  readonly json: boolean;
  readonly harbor?: string;
  readonly credentials?: string;
  readonly ca?: string;
  readonly inventory?: string;
  readonly saveInventory?: string;
  readonly at?: string;
}

interface DiffFlags {
  readonly out: string;
  readonly format: string;
  readonly inventory?: string;
}

export function addCheck({ program, terminal, environment, mask, ending }: Door): void {
  program
    .command('check')
    .description('check a policy: every mistake at once, with line and column')
    .argument('[policy]', `file; else ${usualPolicy} of this folder`)
    .addOption(new Option('--try <tags...>', 'up to 20 tags: what each rule makes of them'))
    .addOption(
      new Option(
        '--inventory <file>',
        'a saved inventory: what of the policy matches nothing there',
      ),
    )
    .addOption(json())
    .action((named: string | undefined, flags: CheckFlags) => {
      const file = policyFile(named, 'check FILE');
      const planning = quietPlanning(flags, { terminal, environment, mask });
      const inFolder = (folder: string): Promise<World> => planning(file, folder);
      return ending(check(file, { ...flags, planning: inFolder }, terminal));
    });
}

export function addPlan({ program, terminal, environment, mask, ending }: Door): void {
  const options = [
    policy(),
    ...connectionOptions(),
    new Option('--inventory <file>', 'plan from a saved inventory instead of a Harbor').conflicts(
      'harbor',
    ),
    new Option('--save-inventory <file>', 'keep what was read, for plans without Harbor'),
    new Option('--at <moment>', 'look ahead: as if it were then, +30d or 2027-01-31'),
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
      withWorld(placed(flags), { environment, terminal, mask }, (world, quiet) =>
        plan(aheadOf(world, flags), flags, quiet),
      ),
    ),
  );
}

/** A look ahead is kept apart from real runs. */
function placed(flags: PlanFlags): PlanFlags {
  return flags.at === undefined ? flags : { ...flags, out: lookAheadPlace(flags.out) };
}

function aheadOf(world: World, flags: PlanFlags): World {
  if (flags.at === undefined) return world;
  return { ...world, store: rememberingStore(world.store, localStore(flags)) };
}

export function addDiff({ program, terminal, environment, mask, ending }: Door): void {
  program
    .command('diff')
    .description('what two runs, or two policies over a saved inventory, decide differently')
    .argument('<before>', 'id of a run, `latest`, or with --inventory a policy')
    .argument('<after>', 'the same')
    .addOption(new Option('--inventory <file>', 'compare two policies over this saved inventory'))
    .addOption(new Option('--format <format>').choices(diffFormats).default('text'))
    .addOption(out())
    .action((before: string, after: string, flags: DiffFlags) => {
      const planning = quietPlanning(flags, { terminal, environment, mask });
      const options = { ...flags, store: localStore(flags), planning };
      return ending(diff(before, after, { options, terminal }));
    });
}

/** Opens worlds that plan from a saved inventory, without a status line. */
function quietPlanning(
  { inventory }: { readonly inventory?: string },
  { terminal, environment, mask }: Pick<Door, 'terminal' | 'environment' | 'mask'>,
): (policy: string, folder: string) => Promise<World> {
  return (policy, folder) =>
    localWorld(
      { policy, out: folder, ...(inventory === undefined ? {} : { inventory }) },
      environment,
      {
        telemetry: terminalTelemetry({ ...terminal, isInteractive: false }, systemStopwatch),
        mask,
        mayChange: false,
      },
    );
}

export function addConvert({ program, terminal, ending }: Door): void {
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
