import type { Undo } from '../domain/trash.ts';
import type { Action } from '../domain/action.ts';
import type { Budget, RunStore } from '../ports.ts';
import type { JudgesAgain } from './apply-action.ts';
import type { ApplyPorts } from './apply-ports.ts';

/** What applying works with besides the plan. */
export interface Applying {
  readonly ports: ApplyPorts;
  readonly store: RunStore;
  readonly budget: Budget;
  readonly runId: string;
  /** Address of the Harbor, for the records. */
  readonly harbor: string;
  /** How deletions in a project are made undoable. */
  readonly undoIn: (project: string) => Undo;
  /** Before every batch. @throws RetentionError lease-held */
  readonly confirmLease: () => Promise<void>;
  /** Before every action: whether it is still to be carried out, by what its repository holds now. */
  readonly judgeAgain: JudgesAgain;
  /** Keys of a batch: what is about to be done, and what became of it. */
  readonly keys: {
    readonly record: (batch: string) => string;
    /** What deletions in a project did to those who pushed there, and what was done about it. */
    readonly healing: (work: string) => string;
  };
  /** False for proxy caches, which nobody pushes to. */
  readonly healsIn: (project: string) => boolean;
  /** Below which `keys.record` lie. */
  readonly recordPrefix: string;
  readonly countDone: (outcomes: number) => void;
  /** A Harbor that turns read-only is waited for: what it refuses is not recorded, and tried again later. */
  readonly waitsForWrites: boolean;
}

export interface Batch {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** What one part of a plan does in one project. */
export interface ProjectWork {
  /** Names a part and a project. It follows from the plan only. */
  readonly name: string;
  readonly project: string;
  readonly batches: readonly Batch[];
  /** Whether those who push there are looked after. */
  readonly heals: boolean;
}
