import { readFile } from 'node:fs/promises';
import { inUseKinds } from '../../functions/adapters/in-use/index.ts';
import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { RetentionError } from '../../functions/errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** `check POLICY`: every mistake at once, or what is allowed and may not be meant. Exit code 2 for mistakes. */
export async function check(
  file: string,
  options: { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const text = await readPolicy(file);
  const loaded = loadPolicy(text, { name: file, inUseSources: inUseKinds });
  const found = loaded.ok ? loaded.warnings : loaded.problems;
  if (options.json) {
    const word = loaded.ok ? 'warnings' : 'problems';
    terminal.out(`${JSON.stringify({ ok: loaded.ok, file, [word]: found }, undefined, 2)}\n`);
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
  const { ruleNames } = loaded.policy;
  terminal.out(
    `${shown}${file} is good: ${counted(ruleNames.length, 'rule')} (${ruleNames.join(', ')})${found.length === 0 ? '' : `, ${counted(found.length, 'warning')}`}.\n`,
  );
  return exitCodes.ok;
}

async function readPolicy(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RetentionError('policy-unreadable', `${file} can't be read.`, { cause: error });
  }
}

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}
