import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import type { Report } from './report-schema.ts';

type RollOut = NonNullable<Report['rollOut']>;

/** Repositories, and signs of regret, that the terminal names. */
const shown = 5;

const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;

/** How far it is, in one sentence. */
export function phaseInWords({
  phase,
  startedAt,
  endsAt,
  heldBy,
  first,
  inScope,
}: RollOut): string {
  const of = `${inNumbers(first)} of ${counted(inScope, 'repository', 'repositories')} in scope`;
  switch (phase) {
    case 'before':
      return `It begins on ${minute(startedAt)} in ${of}; until then everything waits.`;
    case 'first':
      return heldBy === undefined
        ? `Since ${minute(startedAt)} the policy deletes in ${of}, and from ${minute(endsAt)} on in all of them.`
        : `Since ${minute(startedAt)} the policy deletes in ${of}. It would have come to all of them on ${minute(endsAt)}; the refusal of run ${heldBy} holds it.`;
    case 'all':
      return `Since ${minute(endsAt)} the policy deletes in all repositories; it had begun on ${minute(startedAt)} in ${of}.`;
  }
}

/** What waits, in one phrase; undefined: nothing does. */
export function waitingInWords({ waiting }: RollOut): string | undefined {
  const { artifacts, bytes, tags, repositories, emptyRepositories } = waiting;
  const parts = [
    ...(artifacts === 0 ? [] : [`${counted(artifacts, 'artifact')} (${inBytes(bytes)} at most)`]),
    ...(tags === 0 ? [] : [counted(tags, 'single tag')]),
  ];
  const where =
    parts.length === 0
      ? []
      : [`${parts.join(' and ')} in ${counted(repositories, 'repository', 'repositories')}`];
  const empty =
    emptyRepositories === 0
      ? []
      : [counted(emptyRepositories, 'empty repository', 'empty repositories')];
  const all = [...where, ...empty];
  return all.length === 0 ? undefined : all.join(', and ');
}

/** The line at the top of a report; none where nothing waits. */
export function waitsLine(rollOut: RollOut | undefined): readonly string[] {
  const words = rollOut === undefined ? undefined : waitingInWords(rollOut);
  if (rollOut === undefined || words === undefined) return [];
  return [`Waiting for the roll-out${untilWhen(rollOut)}: ${words}.`];
}

function untilWhen({ phase, startedAt, endsAt, heldBy }: RollOut): string {
  if (phase === 'before') return `, which begins on ${minute(startedAt)}`;
  return heldBy === undefined ? ` until ${minute(endsAt)}` : `, which run ${heldBy} holds`;
}

/** The section of the terminal. */
export function rollOutLines({ rollOut }: Pick<Report, 'rollOut'>): readonly string[] {
  if (rollOut === undefined) return [];
  const { names, first, regrets } = rollOut;
  const words = waitingInWords(rollOut);
  return [
    phaseInWords(rollOut),
    ...(words === undefined ? [] : [`Waiting: ${words}.`]),
    ...(names.length === 0 ? [] : [`First: ${listed(names, first)}.`]),
    ...missedLines(regrets),
  ];
}

function missedLines(regrets: RollOut['regrets']): readonly string[] {
  if (regrets === undefined || regrets.count === 0) return [];
  const each = regrets.examples.slice(0, shown).map(({ copy, because }) => `${copy} ${because}`);
  const more = regrets.count - each.length;
  return [
    missedInWords(regrets),
    ...each.map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${inNumbers(more)} more`] : []),
  ];
}

/** How many signs there are, and how many of them need nobody any more. */
export function missedInWords({ count, acknowledged }: NonNullable<RollOut['regrets']>): string {
  const signs = `Missed since it began: ${counted(count, 'sign')}`;
  if (acknowledged === 0) return signs;
  return acknowledged === count
    ? `${signs}, acknowledged`
    : `${signs}, ${inNumbers(acknowledged)} of them acknowledged`;
}

function listed(names: readonly string[], count: number): string {
  const some = names.slice(0, shown).join(', ');
  const more = count - Math.min(names.length, shown);
  return more > 0 ? `${some} and ${inNumbers(more)} more` : some;
}
