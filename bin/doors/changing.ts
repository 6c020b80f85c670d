import { resolve } from 'node:path';
import { Option } from 'commander';
import { apply, type ApplyFlags, askOnTerminal } from '../commands/apply.ts';
import { restore, type RestoreFlags } from '../commands/restore.ts';
import type { WorldOptions } from '../local-world.ts';
import { connectionOptions, type Door, json, out, policy, withWorld } from './door.ts';

export function addApply({ program, terminal, environment, mask, ending }: Door): void {
  const options = [
    policy(),
    new Option('--approved <file>', 'repositories that may go whole, with their scores'),
    new Option('--acknowledge <fingerprint...>', 'refusals that you have looked at and let pass'),
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
      withWorld(flags, { environment, terminal, mask, mayChange: true }, (world, quiet) =>
        apply(world, { flags: placed(flags), ask: askOnTerminal }, quiet),
      ),
    ),
  );
}

/** What is typed is relative to where one stands; what a policy names is relative to the policy. */
function placed(flags: ApplyFlags): ApplyFlags {
  return flags.approved === undefined ? flags : { ...flags, approved: resolve(flags.approved) };
}

export function addRestore({ program, terminal, environment, mask, ending }: Door): void {
  const options = [
    policy('the policy, which names the trash'),
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
  command.action((run: string | undefined, flags: RestoreFlags & WorldOptions) =>
    ending(
      withWorld(flags, { environment, terminal, mask, mayChange: true }, (world, quiet) =>
        restore(run, { flags, world }, quiet),
      ),
    ),
  );
}
