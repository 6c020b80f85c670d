import { doublestarExpression } from './doublestar-expression.ts';
import { legalNames, type LegalNames, type NameKind } from './legal-names.ts';
import { compilePattern, expressionIn, type Pattern } from './pattern.ts';
import {
  type Instruction,
  memoised,
  type Program,
  programOf,
  type Side,
  sideOf,
  takes,
} from './pattern-language.ts';
import { sampleNames } from './sample-names.ts';

/** A legal name that was looked for, or the certainty that there is none. */
export type Witness =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'none' }
  /**
   * A pattern is too large to look through, or Harbor's library reads it in a way that no expression says. Of a sample,
   * `tried` names matched what is wanted, and every one of them matched something of `none` as well.
   */
  | { readonly kind: 'undecided'; readonly tried: number };

/** States that are looked at before a search is given up. */
const mostStates = 20_000;

/** Patterns of a name that is looked for: it matches one of `any`, all of `and`, and none of `none`. */
export interface Wanted {
  readonly any: readonly string[];
  readonly and?: readonly string[];
  readonly none?: readonly string[];
}

/**
 * Looks for a legal name that matches what is wanted. All these languages are
 * regular, so the answer is exact: one machine reads a name for all patterns at once, and every state that it can be in
 * is looked at. A name that is found is the shortest one. Where that is too much, a sample of names is tried. Pure.
 */
export function nameMatching({ any, and = [], none = [] }: Wanted, kind: NameKind): Witness {
  const unwanted = none.map((pattern) => (isOdd(pattern) ? undefined : programIn(pattern)));
  const programs = [...any.map(programIn), ...and.map(programIn), ...unwanted];
  if (programs.some((program) => program === undefined)) return bySample({ any, and, none }, kind);
  const machine = newMachine(
    programs.filter((program) => program !== undefined),
    { any: any.length, and: and.length },
  );
  return search(machine, legalNames[kind]) ?? bySample({ any, and, none }, kind);
}

function bySample({ any, and, none }: Required<Wanted>, kind: NameKind): Witness {
  const matching = (patterns: readonly string[]): readonly Pattern[] =>
    patterns.flatMap((text) => {
      const compiled = compilePattern(text);
      return compiled.ok ? [compiled.pattern] : [];
    });
  const [wanted, also, unwanted] = [any, and, none].map(matching);
  let tried = 0;
  for (const name of sampleNames([...any, ...and, ...none])) {
    if (!isLegal(name, kind) || wanted?.some((one) => one.matches(name)) !== true) continue;
    if (also?.every((one) => one.matches(name)) !== true) continue;
    if (unwanted?.some((one) => one.matches(name)) !== true) return { kind: 'found', name };
    tried += 1;
  }
  return { kind: 'undecided', tried };
}

function isLegal(name: string, kind: NameKind): boolean {
  const { alphabet, next, ends, longest } = legalNames[kind];
  let state: number | undefined = 0;
  for (const character of name) {
    const code = character.charCodeAt(0);
    state = state === undefined || !alphabet.includes(code) ? undefined : next(state, code);
  }
  return state !== undefined && ends.includes(state) && name.length <= longest;
}

function programIn(pattern: string): Program | undefined {
  if (!compilePattern(pattern).ok) return undefined;
  return programOf(expressionIn(pattern) ?? doublestarExpression(pattern));
}

/** A glob whose expression may match more than it does: a slash or `**` inside braces. */
const isOdd = (pattern: string): boolean =>
  expressionIn(pattern) === undefined && /\{[^}]*(?:\/|\*\*)/.test(pattern);

/** Where a name has led so far: in each program some places, in the machine of legal names one. */
interface State {
  readonly places: readonly (readonly number[])[];
  readonly legal: number;
  readonly before: Side;
  readonly name: string;
}

interface Machine {
  readonly start: readonly (readonly number[])[];
  readonly next: (state: State, character: number) => readonly (readonly number[])[];
  /** Whether the name that led here matches what is wanted, and nothing else. */
  readonly isWanted: (state: State) => boolean;
  /** Whether a longer name may still match something that is wanted. */
  readonly isOpen: (places: readonly (readonly number[])[]) => boolean;
  /** One character of each kind that all programs treat alike. */
  readonly charactersOf: (names: LegalNames) => readonly number[];
}

/** The programs come in this order: those of `any`, those of `and`, and those of `none`. */
function newMachine(
  programs: readonly Program[],
  count: { readonly any: number; readonly and: number },
): Machine {
  const wanted = count.any + count.and;
  const runs = programs.map(memoised);
  const instruction = (program: number, at: number): Instruction =>
    programs[program]?.inst[at] as Instruction;
  const matches = ({ places, before }: State, program: number): boolean =>
    (places[program] ?? []).some((from) => runs[program]?.(from, before, 'edge').isMatch === true);
  return {
    start: programs.map(({ start }) => [start]),
    next: ({ places, before }, character) =>
      places.map((froms, program) => {
        const reached = new Set<number>();
        for (const from of froms) {
          for (const at of runs[program]?.(from, before, sideOf(character)).runes ?? []) {
            const one = instruction(program, at);
            if (takes(one, character)) reached.add(one.out);
          }
        }
        return [...reached].toSorted((a, b) => a - b);
      }),
    isWanted: (state) => {
      const found = programs.map((_, program) => matches(state, program));
      return (
        found.slice(0, count.any).includes(true) &&
        !found.slice(count.any, wanted).includes(false) &&
        !found.slice(wanted).includes(true)
      );
    },
    isOpen: (places) =>
      places.slice(0, count.any).some((some) => some.length > 0) &&
      places.slice(count.any, wanted).every((some) => some.length > 0),
    charactersOf: (names) => {
      const byTreatment = new Map<string, number>();
      for (const character of names.alphabet) {
        const treated = programs.flatMap(({ inst }) =>
          inst.map((one) => (takes(one, character) ? '1' : '0')),
        );
        const legal = [0, 1, 2, 3, 4, 5, 6, 7].map((state) => names.next(state, character) ?? '-');
        const key = `${sideOf(character)} ${legal.join(' ')} ${treated.join('')}`;
        if (!byTreatment.has(key)) byTreatment.set(key, character);
      }
      return [...byTreatment.values()];
    },
  };
}

/** A search in breadth, so that the first name that is found is the shortest. Undefined where it is given up. */
function search(machine: Machine, names: LegalNames): Witness | undefined {
  const characters = machine.charactersOf(names);
  const seen = new Set<string>();
  let states: readonly State[] = [{ places: machine.start, legal: 0, before: 'edge', name: '' }];
  for (let length = 0; states.length > 0 && length <= names.longest; length += 1) {
    const reached: State[] = [];
    for (const state of states) {
      if (names.ends.includes(state.legal) && machine.isWanted(state))
        return { kind: 'found', name: state.name };
      for (const character of characters) {
        const legal = names.next(state.legal, character);
        if (legal === undefined) continue;
        const places = machine.next(state, character);
        const before = sideOf(character);
        const key = `${legal} ${before} ${places.map((some) => some.join(',')).join(';')}`;
        if (seen.has(key) || !machine.isOpen(places)) continue;
        seen.add(key);
        const name = state.name + String.fromCharCode(character);
        reached.push({ places, legal, before, name });
      }
    }
    if (seen.size > mostStates) return undefined;
    states = reached;
  }
  return { kind: 'none' };
}
