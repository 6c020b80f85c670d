import { basisOf, inRange, whenFreed } from './ledger-words.ts';
import type { Report } from './report-schema.ts';
import { inBytes, inNumbers } from '../domain/format-numbers.ts';

const shownProjects = 5;
const shownLayers = 3;

/** What the plan frees, in lines. */
export function ledgerOf({ ledger }: Report): readonly string[] {
  if (ledger === undefined) return [];
  if (ledger.kind === 'off') return [`not counted blob by blob: ${ledger.because}`];
  const { frees, freesNow, projects, trash, shared, notes } = ledger;
  const rest = projects.length - shownProjects;
  return [
    `storage: ${inRange(frees)}, ${whenFreed(ledger)}`,
    ...(trash === undefined
      ? []
      : [`a garbage collection right after this run: ${inRange(freesNow)}`]),
    ...projects
      .slice(0, shownProjects)
      .map(({ project, gains }) => `quota of ${project}: ${inRange(gains)}, at the deletion`),
    ...(rest > 0 ? [`and ${inNumbers(rest)} more projects, in the JSON report`] : []),
    ...(trash === undefined
      ? []
      : [
          `quota of ${trash.project}: charged ${inRange(trash.rises)} for the copies, relieved of ${inRange(trash.falls)} by the purge`,
        ]),
    ...(shared.bytes === 0
      ? []
      : [`shared with what stays, and so not freed: ${inBytes(shared.bytes)}`]),
    ...shared.layers
      .slice(0, shownLayers)
      .map(({ digest, bytes, stays, repositories: [first] }) => {
        const example = first === undefined ? '' : `, e.g. in ${first}`;
        return `  ${digest}…: ${inBytes(bytes)}, kept by ${inNumbers(stays)}${example}`;
      }),
    basisOf(ledger),
    ...notes,
  ];
}
