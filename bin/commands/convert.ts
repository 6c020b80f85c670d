import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { defined } from '../../functions/domain/defined.ts';
import { policyFromRanking, policyFromTags } from '../../functions/config/convert.ts';
import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadRanking } from '../../functions/config/load-policy.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

export function addConvert({ program, terminal, ending }: CommandContext): void {
  program
    .command('convert')
    .description("turn harbor-go-client's rp.yaml, or the parameters of its rp_tags, into a policy")
    .argument('[rp.yaml]', 'file with a ranking of repositories')
    .addOption(new Option('--day <days>', 'rp_tags: keep what is at most this number of days old'))
    .addOption(
      new Option('--max <count>', 'rp_tags: and of what is older, keep this number of the newest'),
    )
    .addOption(new Option('--repo-name <project/repository>', 'rp_tags: only this repository'))
    .action((file: string | undefined, flags: ConvertFlags) =>
      ending(convert(file, flags, terminal)),
    );
}

export interface ConvertFlags {
  readonly day?: string;
  readonly max?: string;
  readonly repoName?: string;
}

/** `convert`: harbor-go-client's rp_tags parameters, or its rp.yaml, as a policy on standard output. */
export async function convert(
  file: string | undefined,
  flags: ConvertFlags,
  terminal: Terminal,
): Promise<number> {
  const text = file === undefined ? fromTags(flags) : await fromRanking(file);
  terminal.out(text);
  return exitCodes.ok;
}

function fromTags({ day, max, repoName }: ConvertFlags): string {
  if (repoName !== undefined && !/^[^/\s]+\/\S+$/.test(repoName)) {
    throw new RetentionError(
      'usage',
      `--repo-name ${JSON.stringify(repoName)} is not project/repository.`,
    );
  }
  return policyFromTags({
    day: wholeNumber('--day', day, 3_650),
    max: wholeNumber('--max', max, 1_000_000),
    ...defined({ repoName }),
  });
}

function wholeNumber(name: string, text: string | undefined, most: number): number {
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new RetentionError(
    'usage',
    `${name} ${text ?? 'is missing'}: a whole number from 1 to ${most} was expected.`,
    {
      remedy: 'Give the parameters of rp_tags (--day 60 --max 10), or the path of an rp.yaml.',
    },
  );
}

async function fromRanking(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new RetentionError('policy-unreadable', `${file} can't be read.`, { cause: error });
  }
  const loaded = loadRanking(text, file);
  if (loaded.ok) return policyFromRanking(loaded.ranking);
  throw new RetentionError('policy-invalid', formatProblems(loaded.problems, text, { name: file }));
}
