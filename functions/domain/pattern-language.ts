import { RE2JS } from 're2js';
import { doublestarExpression } from './doublestar-expression.ts';
import { legalNames, type LegalNames, type NameKind } from './legal-names.ts';
import { compilePattern, expressionIn } from './pattern.ts';

/**
 * Whether a pattern can match any legal name of a kind at all (docs/policy.md#patterns): its language and that of the
 * legal names are intersected. 'undecided' for a pattern that is none, or that is too large to look through.
 */
export function canMatch(pattern: string, kind: NameKind): boolean | 'undecided' {
  if (!compilePattern(pattern).ok) return 'undecided';
  const program = programOf(expressionIn(pattern) ?? doublestarExpression(pattern));
  return program === undefined ? 'undecided' : meets(program, legalNames[kind]);
}

/** One instruction of a compiled expression, as re2js (and Go's regexp/syntax) numbers them. */
export interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

export interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

const alt = 1;
const altMatch = 2;
const capture = 3;
const emptyWidth = 4;
const match = 6;
const nop = 7;
const rune = 8;
const rune1 = 9;
const anyRune = 10;
const anyRuneButNewline = 11;
const understood = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

/** Beyond this many instructions (a repetition of thousands) looking through them takes too long. */
const mostInstructions = 5_000;

/**
 * The program of an expression. re2js does not document it: its version is pinned, and a test holds that it is found.
 * Undefined where it is not, or holds something else than a regular language.
 */
export function programOf(expression: string): Program | undefined {
  const compiled = RE2JS.compile(expression) as unknown as {
    readonly re2Input?: { readonly prog?: Partial<Program> };
  };
  const { inst, start } = compiled.re2Input?.prog ?? {};
  if (inst === undefined || start === undefined || inst.length > mostInstructions) return undefined;
  return inst.every(({ op }) => understood.has(op)) ? { inst, start } : undefined;
}

/** What stands beside a position: nothing, a word character, or another one. */
export type Side = 'edge' | 'word' | 'other';

interface Reached {
  readonly instruction: number;
  readonly legal: number;
  readonly before: Side;
}

/** A search in breadth over pairs of places in program and machine, one character deeper each time. */
function meets(program: Program, names: LegalNames): boolean {
  const runs = memoised(program);
  const seen = new Set<string>();
  let reached: readonly Reached[] = [{ instruction: program.start, legal: 0, before: 'edge' }];
  for (let length = 0; reached.length > 0 && length <= names.longest; length += 1) {
    const next: Reached[] = [];
    for (const here of reached) {
      if (names.ends.includes(here.legal) && runs(here.instruction, here.before, 'edge').isMatch)
        return true;
      for (const character of names.alphabet) {
        const legal = names.next(here.legal, character);
        if (legal === undefined) continue;
        const side = sideOf(character);
        for (const at of runs(here.instruction, here.before, side).runes) {
          const { out } = program.inst[at] as Instruction;
          const key = `${out} ${legal} ${side}`;
          if (seen.has(key) || !takes(program.inst[at] as Instruction, character)) continue;
          seen.add(key);
          next.push({ instruction: out, legal, before: side });
        }
      }
    }
    reached = next;
  }
  return false;
}

export interface MatchStep {
  /** Instructions that read the next character. */
  readonly runes: readonly number[];
  readonly isMatch: boolean;
}

export function memoised(program: Program): (from: number, before: Side, after: Side) => MatchStep {
  const known = new Map<string, MatchStep>();
  return (from, before, after) => {
    const key = `${from} ${before} ${after}`;
    const found = known.get(key) ?? run(program, from, edgesBetween(before, after));
    known.set(key, found);
    return found;
  };
}

/** Follows everything that reads no character. */
function run({ inst }: Program, from: number, edges: number): MatchStep {
  const open = [from];
  const seen = new Set(open);
  const runes: number[] = [];
  let isMatch = false;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { op, out, arg } = inst[at] as Instruction;
    const go = (to: number): void => {
      if (!seen.has(to)) open.push(to);
      seen.add(to);
    };
    if (op === match) isMatch = true;
    else if (op === alt || op === altMatch) [out, arg].forEach(go);
    else if (op === capture || op === nop) go(out);
    else if (op === emptyWidth && (arg & ~edges) === 0) go(out);
    else if (op >= rune) runes.push(at);
  }
  return { runes, isMatch };
}

export function takes(instruction: Instruction, character: number): boolean {
  const { op } = instruction;
  if (op === anyRune || op === anyRuneButNewline) return true;
  return (op === rune || op === rune1) && instruction.matchRune(character);
}

/** Bits of the assertions that hold between two characters; legal names have no line ends. */
function edgesBetween(before: Side, after: Side): number {
  const beginsText = before === 'edge' ? 1 | 4 : 0;
  const endsText = after === 'edge' ? 2 | 8 : 0;
  const isBoundary = (before === 'word') !== (after === 'word');
  return beginsText | endsText | (isBoundary ? 16 : 32);
}

export function sideOf(character: number): Side {
  return /\w/.test(String.fromCharCode(character)) ? 'word' : 'other';
}
