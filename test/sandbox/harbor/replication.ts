/** Another registry that this Harbor knows. */
export interface RegistryRow {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly accessKey: string;
  readonly insecure: boolean;
  readonly createdAt: number;
}

export interface ReplicationPolicyRow {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly replicateDeletion: boolean;
  readonly override: boolean;
  readonly trigger: { readonly type: string; readonly trigger_settings?: unknown };
  readonly filters: readonly {
    readonly type: string;
    readonly value: unknown;
    readonly decoration?: string;
  }[];
  readonly destNamespace: string;
  readonly destReplaceCount: number;
  /** 0 is this Harbor. */
  readonly srcRegistryId: number;
  readonly destRegistryId: number;
  readonly createdAt: number;
}
