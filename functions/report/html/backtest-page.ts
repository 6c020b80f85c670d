import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import type { BacktestDocument } from '../backtest-schema.ts';
import { lostIn, scopeLine, spaceAfter, spaceAsItWas } from '../backtest-words.ts';
import { nightsSection, regretsSection, rulesSection, spaceSection } from './backtest-sections.ts';
import { framed, type PageSection } from './frame.ts';
import { markup, type Markup } from './markup.ts';
import type { HeadFigure } from './space-freed.ts';
import type { Status } from './status.ts';
import { section } from './table.ts';

/** A backtest as one file that needs nothing else, in the frame of a report's page. Pure. */
export function backtestPage(found: BacktestDocument): string {
  const { candidate, inForce } = found;
  const status = statusOf(found);
  const beside =
    inForce === undefined
      ? ', the policy in force'
      : markup` beside <bdi>${inForce.policy.name}</bdi>`;
  return framed({
    title: `${status.word} · backtest of ${candidate.policy.name} · harbor-retention`,
    what: 'backtest',
    line: markup`<p class="run">Backtest of <bdi>${candidate.policy.name}</bdi>${beside}, over ${scopeLine(found)}</p>`,
    status,
    figures: figuresOf(found),
    sections: sectionsOf(found),
    footer: markup`<footer><p>Policy <bdi>${candidate.policy.name}</bdi> <code>${candidate.policy.hash.slice(0, 12)}</code> · judged over stored facts as if it had been armed; nothing was changed. Bytes are sums of artifact sizes, an upper bound.</p></footer>`,
  });
}

function statusOf({ candidate, nights }: BacktestDocument): Status {
  const { regrets, refusedNights, watch } = candidate;
  const lost = lostIn(candidate);
  if (regrets.length > 0) {
    const all = counted(regrets.length, 'regret');
    const rest =
      lost === 0
        ? 'The trash would still have had each of them.'
        : `${inNumbers(lost)} of them when the trash had nothing left to give back.`;
    return {
      tone: lost > 0 ? 'bad' : 'look',
      word: lost > 0 ? `${all}, ${inNumbers(lost)} lost` : all,
      sentence: `These artifacts would have been wanted after they had gone. ${rest}`,
    };
  }
  if (nights.length > 0 && refusedNights === nights.length)
    return {
      tone: 'look',
      word: 'Every night refused',
      sentence: 'Nothing would have been deleted: the rails refused each plan, as shown below.',
    };
  const watched = watch.removals - watch.lastNight;
  if (watched === 0)
    return {
      tone: 'look',
      word: 'Nothing to regret yet',
      sentence: 'No later night shows what became of anything that would have gone.',
    };
  return {
    tone: 'good',
    word: 'No regret',
    sentence: `None of ${counted(watched, 'removal')} would have been wanted later, as far as the facts show.`,
  };
}

function figuresOf({ candidate, inForce, nights }: BacktestDocument): readonly HeadFigure[] {
  const last = nights.at(-1);
  const space = last === undefined ? 0 : spaceAfter(last.candidate);
  const was = last === undefined ? 0 : spaceAsItWas(last);
  const beside = (text: string): string => (inForce === undefined ? '' : `in force: ${text}`);
  return [
    {
      label: 'Would have gone',
      value: inNumbers(candidate.gone.artifacts),
      note: beside(inNumbers(inForce?.gone.artifacts ?? 0)) || inBytes(candidate.gone.bytes),
    },
    {
      label: 'Space on the last night',
      value: `≤ ${inBytes(space)}`,
      note: `as it was: ${inBytes(was)}`,
    },
    {
      label: 'Regrets',
      value: inNumbers(candidate.regrets.length),
      note:
        beside(inNumbers(inForce?.regrets.length ?? 0)) || `${inNumbers(lostIn(candidate))} lost`,
    },
    {
      label: 'Nights refused',
      value: `${inNumbers(candidate.refusedNights)} of ${inNumbers(nights.length)}`,
      note: beside(inNumbers(inForce?.refusedNights ?? 0)) || 'by the rails',
    },
  ];
}

function sectionsOf(found: BacktestDocument): readonly PageSection[] {
  const all: readonly (readonly [string, string, Markup | undefined])[] = [
    ['space', 'Space', spaceSection(found)],
    ['regrets', 'Regrets', regretsSection('regrets', 'Regrets', found.candidate)],
    [
      'regrets-in-force',
      'Regrets in force',
      found.inForce === undefined
        ? undefined
        : regretsSection('regrets-in-force', 'Regrets of the policy in force', found.inForce),
    ],
    ['rules', 'Rules', rulesSection(found)],
    ['nights', 'Nights', nightsSection(found)],
    ['notes', 'To know', notesSection(found)],
  ];
  return all.flatMap(([id, label, content]) =>
    content === undefined ? [] : [{ id, label, content }],
  );
}

/** Notes that the page shows; all of them stand in the JSON. */
const shownNotes = 50;

function notesSection({ notes, passedOver }: BacktestDocument): Markup | undefined {
  const all = [
    ...passedOver.map(({ run, because }) => `Run ${run} was passed over: ${because}.`),
    ...notes,
  ];
  if (all.length === 0) return undefined;
  const rest = all.length - shownNotes;
  return section('notes', 'To know', [
    markup`<ul class="plain">${all.slice(0, shownNotes).map((one) => markup`<li>${one}</li>`)}</ul>`,
    rest > 0 ? markup`<p class="more">And ${inNumbers(rest)} more, in the JSON.</p>` : undefined,
  ]);
}
