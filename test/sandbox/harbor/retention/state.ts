import type { RetentionPolicyRow } from './policy.ts';

export interface RetentionTask {
  readonly id: number;
  readonly executionId: number;
  readonly repository: string;
  readonly jobId: string;
  status: 'Running' | 'Success' | 'Error';
  total: number;
  retained: number;
  readonly startedAt: number;
  endedAt: number;
  log: string;
}

export interface RetentionExecution {
  readonly id: number;
  readonly policyId: number;
  readonly dryRun: boolean;
  status: 'Running' | 'Success' | 'Error' | 'Stopped';
  readonly startedAt: number;
  endedAt: number;
  readonly tasks: RetentionTask[];
}

export interface RetentionState {
  readonly policies: Map<number, RetentionPolicyRow>;
  readonly executions: Map<number, RetentionExecution>;
}

export const createRetentionState = (): RetentionState => ({
  policies: new Map(),
  executions: new Map(),
});
