import type { RegretKind, Removal, Sighting, Watched } from '../backtest/removal.ts';
import { byText } from '../domain/artifact-order.ts';
import { defined } from '../domain/defined.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { BacktestedPolicy, RealNight } from './backtested.ts';
import type { BacktestRegret } from './backtest-schema.ts';

/** What would have been wanted after it had gone, the gravest first: what is lost, then by kind, then the largest. */
export function regretsOf(
  backtested: BacktestedPolicy,
  nights: readonly RealNight[],
): BacktestRegret[] {
  return backtested.watched
    .flatMap((one) => regretOf(one, backtested, nights))
    .toSorted(gravestFirst);
}

function regretOf(
  { removal, sightings }: Watched,
  { trash }: BacktestedPolicy,
  nights: readonly RealNight[],
): readonly BacktestRegret[] {
  const wanted = Object.entries(sightings)
    .map(([kind, sighting]) => sightingOf(kind as RegretKind, sighting))
    .toSorted((one, other) => byText(one.at, other.at) || byText(one.kind, other.kind));
  const [first] = wanted;
  if (first === undefined) return [];
  const { repository, digest, tags, tag, size, rule, at, night } = removal;
  const until = removal.undo === 'trash' && trash !== 'off' ? at + trash.keepFor : undefined;
  return [
    {
      artifact: `${repository}@${digest}`,
      tags: [...tags],
      ...defined({ tag }),
      size,
      rule,
      run: nights[night]?.runId ?? '',
      goneAt: formatInstant(at),
      undo: undoOf(removal, until, first.at),
      trashedUntil: until === undefined ? null : formatInstant(until),
      wanted,
    },
  ];
}

function undoOf({ undo }: Removal, until: Instant | undefined, at: string): BacktestRegret['undo'] {
  if (undo === 'tag') return 'tag';
  return until !== undefined && Date.parse(at) <= until ? 'in-trash' : 'lost';
}

function sightingOf(
  kind: RegretKind,
  { at, isLatest, what, protects }: Sighting,
): BacktestRegret['wanted'][number] {
  return { kind, at: formatInstant(at), ...defined({ atLatest: isLatest, what, protects }) };
}

const undos: readonly BacktestRegret['undo'][] = ['lost', 'in-trash', 'tag'];
/** The gravest first. */
export const wantedKinds: readonly RegretKind[] = ['in-use', 'pulled', 'tagged', 'labelled'];

function gravestFirst(one: BacktestRegret, other: BacktestRegret): number {
  return (
    undos.indexOf(one.undo) - undos.indexOf(other.undo) ||
    kindOf(one) - kindOf(other) ||
    other.size - one.size ||
    byText(one.artifact, other.artifact) ||
    byText(one.tag ?? '', other.tag ?? '') ||
    byText(one.goneAt, other.goneAt)
  );
}

function kindOf({ wanted }: BacktestRegret): number {
  return Math.min(...wanted.map(({ kind }) => wantedKinds.indexOf(kind)));
}
