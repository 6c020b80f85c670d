export interface GcParameters {
  readonly deleteUntagged: boolean;
  readonly dryRun: boolean;
  readonly workers: number;
  readonly deleteTag: boolean;
}

export interface GcResult {
  readonly freedSpace: number;
  readonly purgedBlobs: number;
  readonly purgedManifests: number;
}

export interface GcExecution {
  readonly id: number;
  readonly kind: 'MANUAL' | 'SCHEDULE';
  readonly parameters: GcParameters;
  status: 'Running' | 'Success' | 'Error' | 'Stopped';
  result: GcResult | undefined;
  log: string;
  readonly createdAt: number;
  updatedAt: number;
}

/** As sent and sent back; `cron` has six fields. */
export interface GcSchedule {
  readonly type: string;
  readonly cron: string;
  readonly parameters: GcParameters;
}

export interface GcState {
  readonly executions: GcExecution[];
  schedule: GcSchedule | undefined;
}

export const createGcState = (): GcState => ({ executions: [], schedule: undefined });
