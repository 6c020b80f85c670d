import { systemClock, systemPause } from '../functions/adapters/system-clock.ts';
import type { Collecting } from '../functions/collectors/collect.ts';
import { counted } from '../functions/domain/format-numbers.ts';
import { formatInstant } from '../functions/domain/instant.ts';
import { type CollectedList, listText } from '../functions/workloads/collected-list.ts';
import { exitCodes } from './exit-codes.ts';
import { statusLine, type Terminal } from './terminal.ts';
import { workloadsTarget } from './workloads-target.ts';

/**
 * Collects a list and writes it. Exit code 5 if something is missing in it. @throws RetentionError if nothing can be
 * listed, or written; what was there before then stays
 */
export async function writeWorkloads(
  { to, json }: { readonly to: string; readonly json: boolean },
  collect: (collecting: Collecting) => Promise<CollectedList>,
  terminal: Terminal,
): Promise<number> {
  const target = workloadsTarget(to);
  const line = statusLine(terminal);
  const number = new Intl.NumberFormat('en');
  const progress = (count: number, what: string): void =>
    line.show(`Listing ${number.format(count)} ${what}`);
  try {
    const list = await collect({ clock: systemClock, pause: systemPause, progress });
    await target.write(listText(list));
    line.done();
    terminal.out(json ? inJson(list, target.address) : inWords(list, target.address));
    return list.findings.missing.length === 0 ? exitCodes.ok : exitCodes.partial;
  } finally {
    line.done();
  }
}

function inWords({ scope, source, findings }: CollectedList, address: string): string {
  const { uses, missing } = findings;
  const byRole = ['running', 'may-start', 'roll-back'].map(
    (role) => `${uses.filter((use) => use.role === role).length} ${role}`,
  );
  const whole =
    missing.length === 0
      ? 'The list is complete.'
      : `The list is not complete: what it lists is held, and so is all of its scope, because something is missing:`;
  return [
    `${scope} (${source}): ${counted(uses.length, 'image')} in use (${byRole.join(', ')}) in ${address}.`,
    whole,
    ...missing.map(({ what, because, remedy }) => `  ${what}: ${because}\n  → ${remedy}`),
    '',
  ].join('\n');
}

function inJson({ scope, source, writtenAt, findings }: CollectedList, to: string): string {
  const { uses, missing } = findings;
  const shown = {
    to,
    source,
    scope,
    writtenAt: formatInstant(writtenAt),
    complete: missing.length === 0,
    uses: uses.length,
    missing,
  };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}
