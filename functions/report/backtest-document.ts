import type { Watched } from '../backtest/removal.ts';
import { byText } from '../domain/artifact-order.ts';
import { day } from '../domain/duration.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Amount } from '../domain/amount.ts';
import {
  type BacktestDocument,
  type BacktestNight,
  type BacktestRegret,
  backtestSchemaVersion,
  type BacktestSide,
} from './backtest-schema.ts';
import type { Backtested, BacktestedPolicy, RealNight } from './backtested.ts';
import { regretsOf } from './backtest-regrets.ts';

/** The backtest as machines read it; every other form is made of it. Pure. */
export function backtestDocument(found: Backtested): BacktestDocument {
  const { harbor, nights, candidate, inForce, passedOver, notes } = found;
  return {
    schemaVersion: backtestSchemaVersion,
    harbor,
    nights: nights.map((night, position) => nightOf(night, position, found)),
    candidate: sideOf(candidate, nights),
    ...(inForce === undefined ? {} : { inForce: sideOf(inForce, nights) }),
    passedOver: passedOver.map(({ runId, because }) => ({ run: runId, because })),
    notes: [...notes],
  };
}

function nightOf(
  { runId, takenAt, listed, trash, deleted }: RealNight,
  position: number,
  { candidate, inForce }: Backtested,
): BacktestNight {
  return {
    run: runId,
    at: formatInstant(takenAt),
    asItWas: { listed, trash: trash ?? null, deleted },
    candidate: figuresOf(candidate, position),
    ...(inForce === undefined ? {} : { inForce: figuresOf(inForce, position) }),
  };
}

function figuresOf({ nights }: BacktestedPolicy, position: number): BacktestNight['candidate'] {
  const night = nights[position];
  if (night === undefined) throw new Error(`night ${position} was not judged`);
  const { limitsNeeded: _, refusals, acknowledged, ...figures } = night;
  return {
    ...figures,
    ...(acknowledged === undefined ? {} : { acknowledged: [...acknowledged] }),
    refusals: refusals.map(({ rail, on, found, allowed, remedy }) => ({
      rail,
      on,
      found,
      allowed,
      remedy,
    })),
  };
}

function sideOf(backtested: BacktestedPolicy, nights: readonly RealNight[]): BacktestSide {
  const { name, hash, watched } = backtested;
  const regrets = regretsOf(backtested, nights);
  let goneTags = 0;
  for (const night of backtested.nights) goneTags += night.goneTags;
  return {
    policy: { name, hash },
    gone: sumOf(backtested.nights.map(({ gone }) => gone)),
    goneTags,
    purged: sumOf(backtested.nights.map(({ purged }) => purged)),
    refusedNights: backtested.nights.filter(({ refusals }) => refusals.length > 0).length,
    rules: rulesOf(watched, regrets),
    regrets,
    watch: watchOf(watched, nights),
  };
}

function sumOf(amounts: readonly Amount[]): Amount {
  const sum = { artifacts: 0, bytes: 0 };
  for (const { artifacts, bytes } of amounts) {
    sum.artifacts += artifacts;
    sum.bytes += bytes;
  }
  return sum;
}

function rulesOf(
  watched: readonly Watched[],
  regrets: readonly BacktestRegret[],
): BacktestSide['rules'] {
  const rules = new Map<string, BacktestSide['rules'][number]>();
  const ruleOf = (rule: string): BacktestSide['rules'][number] => {
    const known = rules.get(rule) ?? {
      rule,
      gone: { artifacts: 0, bytes: 0 },
      tags: 0,
      regrets: 0,
      lost: 0,
    };
    rules.set(rule, known);
    return known;
  };
  for (const { removal } of watched) {
    const own = ruleOf(removal.rule);
    if (removal.tag !== undefined) own.tags += 1;
    else {
      own.gone.artifacts += 1;
      own.gone.bytes += removal.size;
    }
  }
  for (const { rule, undo } of regrets) {
    const own = ruleOf(rule);
    own.regrets += 1;
    if (undo === 'lost') own.lost += 1;
  }
  return [...rules.values()].toSorted((one, other) => byText(one.rule, other.rule));
}

/** What later nights could see of the removals; what none of them showed counts no days. Pure. */
export function watchOf(
  watched: readonly Watched[],
  nights: readonly Pick<RealNight, 'takenAt'>[],
): BacktestSide['watch'] {
  const last = nights.at(-1)?.takenAt ?? 0;
  const groups = { toTheEnd: 0, closed: 0, ended: 0, unseen: 0, lastNight: 0 };
  const days = { least: Infinity, most: 0 };
  let endedSince = Infinity;
  for (const { removal, closedAt, lastSeen = removal.at } of watched) {
    if (closedAt === undefined && removal.at === last) {
      groups.lastNight += 1;
      continue;
    }
    if (closedAt === undefined && lastSeen === removal.at) {
      groups.ended += 1;
      groups.unseen += 1;
      endedSince = Math.min(endedSince, lastSeen);
      continue;
    }
    const seen = Math.floor(((closedAt ?? lastSeen) - removal.at) / day);
    days.least = Math.min(days.least, seen);
    days.most = Math.max(days.most, seen);
    if (closedAt !== undefined) groups.closed += 1;
    else if (lastSeen === last) groups.toTheEnd += 1;
    else {
      groups.ended += 1;
      endedSince = Math.min(endedSince, lastSeen);
    }
  }
  return {
    removals: watched.length,
    ...groups,
    endedSince: endedSince === Infinity ? null : formatInstant(endedSince),
    days: days.least === Infinity ? null : days,
  };
}
