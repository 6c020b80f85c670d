import type { ProjectHead } from './harbor-port.ts';

/** An execution of Harbor's own retention (docs/harbor.md#harbors-own-retention). */
export interface RetentionExecution {
  readonly id: number;
  readonly isDryRun: boolean;
  /** `Running`, `Success`, `Error` or `Stopped`; versions up to 2.1 say it in other words. */
  readonly status: string;
  /** UTC, as Harbor writes it. */
  readonly startedAt: string;
}

/** What an execution did in one repository. */
export interface RetentionTask {
  readonly id: number;
  /** Without the project. */
  readonly repository: string;
  readonly status: string;
  /** Candidates, and how many of them are kept. */
  readonly total: number;
  readonly retained: number;
}

/** Reads Harbor's own retention. Every method but `startDryRun` only reads. @throws RetentionError harbor-… */
export interface HarborRetentionPort {
  /** The policy of a project as Harbor's API shows it, unchecked; undefined if it has none. */
  readPolicy(project: ProjectHead): Promise<unknown>;
  /** The newest execution; undefined if there was none. */
  newestExecution(policyId: string): Promise<RetentionExecution | undefined>;
  listTasks(policyId: string, executionId: number): Promise<readonly RetentionTask[]>;
  /** The log of a task, which ends with a table of its verdicts. */
  readLog(
    policyId: string,
    task: { readonly executionId: number; readonly taskId: number },
  ): Promise<string>;
  /** Starts a dry run of Harbor's own, and answers the id of its execution. Harbor changes no artifact. */
  startDryRun(policyId: string): Promise<number>;
}
