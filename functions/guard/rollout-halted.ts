import { counted, inNumbers } from '../domain/format-numbers.ts';
import { formatInstant } from '../domain/instant.ts';
import { type FoundRegrets, fingerprintOfRegrets, sortRegrets } from '../domain/regret.ts';
import { type GuardContext, type Rail } from './rail.ts';

/** Copies that a refusal names; the report has more. */
const shown = 3;

/**
 * Refuses while something that was deleted since the roll-out began was missed afterwards, and nobody has acknowledged
 * that (docs/policy.md#roll-out); and where that is not known. In every phase, once something may have been deleted.
 */
export const rolloutHalted: Rail = {
  name: 'rollout-halted',
  refusals: ({ rollOut }, context) => {
    if (rollOut === undefined || rollOut.phase === 'before') return [];
    const { trash } = context.policy;
    const on = trash === 'off' ? 'run' : trash.project;
    const of = `something deleted since ${formatInstant(rollOut.startedAt)} was missed`;
    const { regrets } = rollOut;
    if (regrets === undefined)
      return [blind(on, `a trash that could not be looked at for signs that ${of}`)];
    const { unknown } = regrets;
    return [
      ...(unknown.length === 0
        ? []
        : [
            blind(
              on,
              `parts of the trash that could not be looked at for signs that ${of}: ${unknown.join('; ')}`,
            ),
          ]),
      ...missed({ regrets, of, on }, context),
    ];
  },
};

function blind(on: string, found: string): ReturnType<Rail['refusals']>[number] {
  return {
    on,
    found,
    allowed: 'a trash that can be read',
    remedy:
      'See what trash-not-ready or the notes on the trash say, put it right, and run again; or take `rollout` out of the policy.',
  };
}

function missed(
  { regrets, of, on }: { readonly regrets: FoundRegrets; readonly of: string; readonly on: string },
  { history, acknowledged }: GuardContext,
): ReturnType<Rail['refusals']> {
  const open = new Set(sortRegrets(regrets.seen, history.runs, acknowledged).open);
  const fingerprint = fingerprintOfRegrets([...open]);
  if (open.size === 0 || acknowledged.includes(fingerprint)) return [];
  const some = regrets.seen.filter(({ key }) => open.has(key));
  const words = some.slice(0, shown).map(({ copy, because }) => `${copy} ${because}`);
  const rest = regrets.count - regrets.seen.length + some.length - words.length;
  const more = rest > 0 ? [`and ${inNumbers(rest)} more`] : [];
  return [
    {
      on,
      found: `${counted(words.length + rest, 'sign')} that ${of}: ${[...words, ...more].join('; ')}`,
      allowed: 'none that nobody has acknowledged',
      remedy: `Restore what is needed, and have the policy keep it. Where nothing was missed, somebody only looked or scanned, acknowledge exactly these: an event with {"acknowledge": ["${fingerprint}"]}, or apply --acknowledge ${fingerprint}.`,
      fingerprint,
    },
  ];
}
