import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { inUseKinds } from '../../functions/adapters/in-use/index.ts';
import { parseDocument } from '../../functions/config/document.ts';
import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadPolicy, loadRanking } from '../../functions/config/load-policy.ts';
import {
  policyFromRanking,
  policyFromTags,
} from '../../functions/convert/from-harbor-go-client.ts';
import { policyFromHarbor } from '../../functions/convert/from-harbor.ts';
import { type PolicyDraft, policyText } from '../../functions/convert/policy-draft.ts';
import { readDocument } from '../../functions/convert/read-document.ts';
import { type ProjectRetention, retentionPolicy } from '../../functions/convert/retention-rules.ts';
import { defined } from '../../functions/domain/defined.ts';
import { counted } from '../../functions/domain/format-numbers.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { ConnectedHarbor } from '../../functions/ports.ts';
import type { CommandContext, WorldFlags } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { realHarbor } from '../local-world.ts';
import { connectionOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export function addConvert({ program, terminal, environment, mask, ending }: CommandContext): void {
  const command = program
    .command('convert')
    .description('turn retention rules of another program into a policy, on standard output')
    .argument(
      '[file]',
      'retention policy of Harbor, `terraform show -json`, configuration of Harbor.Tagd, or rp.yaml',
    )
    .addOption(
      new Option(
        '--from-harbor',
        'read the retention policies of all projects from Harbor',
      ).default(false),
    )
    .addOption(new Option('--project <project>', 'the project of a retention policy in a file'))
    .addOption(new Option('--day <days>', 'rp_tags: keep what is at most this number of days old'))
    .addOption(
      new Option('--max <count>', 'rp_tags: and of what is older, keep this number of the newest'),
    )
    .addOption(new Option('--repo-name <project/repository>', 'rp_tags: only this repository'));
  for (const option of connectionOptions()) command.addOption(option);
  command.action((file: string | undefined, flags: ConvertFlags & WorldFlags) => {
    const connect = (): Promise<ConnectedHarbor> => realHarbor(flags, environment, mask);
    return ending(convert(file, { ...flags, connect }, terminal));
  });
}

export interface ConvertFlags {
  readonly fromHarbor: boolean;
  readonly project?: string;
  readonly day?: string;
  readonly max?: string;
  readonly repoName?: string;
}

/** `convert`: rules of another program as a policy on standard output; what is missing in it is counted on the terminal. */
export async function convert(
  file: string | undefined,
  { connect, ...flags }: ConvertFlags & { readonly connect: () => Promise<ConnectedHarbor> },
  terminal: Terminal,
): Promise<number> {
  if (flags.fromHarbor && file !== undefined)
    throw new RetentionError('usage', `Either --from-harbor or ${file}, not both.`, {
      remedy: 'Leave one of them out.',
    });
  if (flags.fromHarbor) show(await fromHarbor(await connect()), terminal);
  else if (file === undefined) terminal.out(fromTags(flags));
  else await fromFile(file, flags, terminal);
  return exitCodes.ok;
}

function show(draft: PolicyDraft, terminal: Terminal): void {
  const text = policyText(draft);
  const loaded = loadPolicy(text, { name: 'the converted policy', inUseSources: inUseKinds });
  if (!loaded.ok)
    throw new RetentionError(
      'policy-invalid',
      formatProblems(loaded.problems, text, { name: 'the converted policy' }),
      { remedy: 'Mend it in the source, then convert again.' },
    );
  terminal.out(text);
  const missing = draft.notCarriedOver.length;
  if (missing > 0)
    terminal.err(
      `${counted(missing, 'thing')} could not be carried over as written: the comments at the top of the policy say which.\n`,
    );
}

async function fromFile(
  file: string,
  { project }: ConvertFlags,
  terminal: Terminal,
): Promise<void> {
  const text = await readSource(file);
  const document = parseDocument(text);
  if (!document.isReadable)
    throw new RetentionError(
      'policy-invalid',
      formatProblems(document.problems, text, { name: file }),
      {
        remedy: file.endsWith('.tf')
          ? 'Terraform’s own language is not read here: give the output of `terraform show -json`, which holds every value.'
          : 'Correct the file.',
      },
    );
  const read = readDocument(document, { name: file, project });
  if (read.kind === 'policy') show(read.draft, terminal);
  else if (read.kind === 'ranking') terminal.out(fromRanking(text, file));
  else throw new RetentionError('policy-invalid', read.because, { remedy: read.remedy });
}

/** Every project's own retention, read and nothing else. */
async function fromHarbor({ reader, retention }: ConnectedHarbor): Promise<PolicyDraft> {
  await reader.identify();
  const retentions: ProjectRetention[] = [];
  const problems: string[] = [];
  for (const project of await reader.listProjects()) {
    const parsed = retentionPolicy.optional().safeParse(await retention.readPolicy(project));
    if (!parsed.success)
      problems.push(`Project ${project.name}: its retention policy was not understood.`);
    else if ((parsed.data?.rules ?? []).length > 0)
      retentions.push({
        project: project.name,
        rules: parsed.data?.rules ?? [],
        isScheduled: (parsed.data?.trigger?.settings?.cron ?? '') !== '',
      });
  }
  const draft = policyFromHarbor(
    retentions,
    `Harbor’s own retention of ${counted(retentions.length, 'project')}`,
  );
  return { ...draft, notCarriedOver: [...problems, ...draft.notCarriedOver] };
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
      remedy: 'Give a file, or --from-harbor, or the parameters of rp_tags (--day 60 --max 10).',
    },
  );
}

function fromRanking(text: string, file: string): string {
  const loaded = loadRanking(text, file);
  if (loaded.ok) return policyFromRanking(loaded.ranking);
  throw new RetentionError('policy-invalid', formatProblems(loaded.problems, text, { name: file }));
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RetentionError('policy-unreadable', `${file} can't be read.`, { cause: error });
  }
}
