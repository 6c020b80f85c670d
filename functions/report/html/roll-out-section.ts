import type { Report } from '../report-schema.ts';
import { counted, inNumbers } from '../../domain/format-numbers.ts';
import { missedInWords, phaseInWords, waitingInWords } from '../roll-out-words.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { name, section } from './table.ts';

/** How far the policy is rolled out, what waits, where it began, and what was missed since. */
export function rollOutSection({ rollOut }: Report): Markup | undefined {
  if (rollOut === undefined) return undefined;
  const words = waitingInWords(rollOut);
  const blocks: readonly Content[] = [
    markup`<p>${phaseInWords(rollOut)}</p>`,
    words === undefined
      ? markup`<p class="none">Nothing waits.</p>`
      : markup`<p><b>Waiting:</b> ${words}.</p>`,
    firstOf(rollOut),
    missedIn(rollOut),
  ];
  return section('roll-out', 'Roll-out', blocks);
}

function firstOf({ names, first }: NonNullable<Report['rollOut']>): Content {
  if (names.length === 0) return undefined;
  const more = first - names.length;
  const items = names.map((one) => markup`<li>${name(one)}</li>`);
  return markup`<details><summary>${counted(first, 'repository', 'repositories')} first</summary><ul class="plain">${items}</ul>${
    more > 0 ? markup`<p class="more">And ${inNumbers(more)} more.</p>` : undefined
  }</details>`;
}

function missedIn({ regrets }: NonNullable<Report['rollOut']>): Content {
  if (regrets === undefined || regrets.count === 0) return undefined;
  const more = regrets.count - regrets.examples.length;
  const items = regrets.examples.map(
    ({ copy, because }) => markup`<li>${name(copy)} ${because}</li>`,
  );
  return markup`<h3>${missedInWords(regrets)}</h3><ul class="plain">${items}</ul>${
    more > 0 ? markup`<p class="more">And ${inNumbers(more)} more.</p>` : undefined
  }`;
}
