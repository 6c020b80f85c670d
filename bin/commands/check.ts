import { counted } from '../../functions/domain/format-numbers.ts';
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { inUseKinds } from '../../functions/adapters/in-use/index.ts';
import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore, World } from '../../functions/ports.ts';
import { tryTags, type TriedRule, type TriedTag } from '../../functions/rules/try-tags.ts';
import { type CommandContext, quietPlanning } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { json } from '../options.ts';
import { policyFile, usualPolicy } from '../policy-file.ts';
import type { Terminal } from '../terminal.ts';
import { nightsLookedAt, pastPlansText, plansOfPastNights } from './check-nights.ts';
import { type Matching, matchingIn, matchingText, type Planning } from './check-inventory.ts';

export function addCheck({ program, terminal, environment, mask, ending }: CommandContext): void {
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
    .addOption(
      new Option(
        '--out <place>',
        `folder of runs, or s3://BUCKET/PREFIX of a deployment: which limits would have refused each of its last ${nightsLookedAt} nights`,
      ),
    )
    .addOption(json())
    .action((named: string | undefined, flags: CheckFlags & { readonly out?: string }) => {
      const file = policyFile(named, 'check FILE');
      const planning = quietPlanning(flags, { terminal, environment, mask });
      const inFolder = (folder: string): Promise<World> => planning(file, folder);
      const { out: place, ...others } = flags;
      const store = place === undefined ? {} : { store: localStore({ out: place }) };
      return ending(check(file, { ...others, ...store, planning: inFolder }, terminal));
    });
}

export interface CheckFlags {
  readonly json: boolean;
  /** Tags to try on every rule. */
  readonly try?: readonly string[];
  /** A saved inventory that the policy is held against. */
  readonly inventory?: string;
  /** The store of runs over whose last nights the policy is judged. */
  readonly store?: RunStore;
}

const mostTried = 20;

/**
 * `check POLICY`: every mistake at once, or what is allowed and may not be meant; with `--try`, what each rule makes of
 * some tags; with `--inventory`, what matches nothing in it; with `--out`, which limits would have refused each of the last
 * nights. Exit code 2 for mistakes.
 */
export async function check(
  file: string,
  { planning, ...options }: CheckFlags & { readonly planning: Planning },
  terminal: Terminal,
): Promise<number> {
  const tags = options.try ?? [];
  if (tags.length > mostTried) {
    throw new RetentionError('usage', `--try takes up to ${mostTried} tags, not ${tags.length}.`, {
      remedy: 'Try some at a time.',
    });
  }
  const text = await readPolicy(file);
  const loaded = loadPolicy(text, { name: file, inUseSources: inUseKinds });
  const past =
    loaded.ok && options.store !== undefined
      ? await plansOfPastNights(file, options.store, terminal)
      : undefined;
  const found = loaded.ok ? [...loaded.warnings, ...loaded.lint(past)] : loaded.problems;
  const matching: Matching | undefined =
    loaded.ok && options.inventory !== undefined ? await matchingIn(planning) : undefined;
  if (options.json) {
    const word = loaded.ok ? 'warnings' : 'problems';
    const tried = loaded.ok && tags.length > 0 ? { tried: tryTags(loaded.policy.rules, tags) } : {};
    const nights = past === undefined ? {} : { nights: past.nights };
    const answer = { ok: loaded.ok, file, [word]: found, ...tried, ...matching, ...nights };
    terminal.out(`${JSON.stringify(answer, undefined, 2)}\n`);
    return loaded.ok ? exitCodes.ok : exitCodes.usage;
  }
  const shown =
    found.length === 0
      ? ''
      : `${formatProblems(found, text, { name: file, severity: loaded.ok ? 'warning' : 'error' })}\n`;
  if (!loaded.ok) {
    terminal.err(`${shown}\n${counted(found.length, 'problem')}: this policy will not run.\n`);
    return exitCodes.usage;
  }
  const { ruleNames, rules } = loaded.policy;
  terminal.out(
    `${shown}${file} is good: ${counted(ruleNames.length, 'rule')} (${ruleNames.join(', ')})${found.length === 0 ? '' : `, ${counted(found.length, 'warning')}`}.\n`,
  );
  if (past !== undefined) terminal.out(pastPlansText(past));
  if (tags.length > 0) terminal.out(tryTags(rules, tags).map(inWords).join(''));
  if (matching !== undefined) terminal.out(matchingText(matching));
  return exitCodes.ok;
}

/** What one rule makes of the tags, for people. */
function inWords({ rule, tags, lines }: TriedRule): string {
  const of = (says: TriedTag['says']): readonly TriedTag[] =>
    tags.filter((one) => one.says === says);
  const names = (some: readonly TriedTag[]): string => some.map(({ tag }) => tag).join(', ');
  const unselected = of('not-selected');
  const selected = of('selected');
  const text = [
    ...(selected.length > 0 && lines.length === 0 ? [`selects ${names(selected)}`] : []),
    ...lines.map(
      ({ line, tags: own }) =>
        `${line === '' ? 'versions' : `versions of ${line}`}, highest first: ${own.join(' > ')}`,
    ),
    ...of('not-a-version').map(({ tag, because }) => `does not judge ${tag}: ${because ?? ''}`),
    ...(unselected.length > 0 ? [`does not select ${names(unselected)}`] : []),
  ];
  return `\n${rule}:\n${text.map((line) => `  ${line}\n`).join('')}`;
}

async function readPolicy(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RetentionError('policy-unreadable', `${file} can't be read.`, { cause: error });
  }
}
