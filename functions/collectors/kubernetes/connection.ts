import type http from 'node:http';

/** How to reach an API server, and as whom. */
export interface ClusterConnection {
  /** The context, or the name of the cluster: in messages, and as the scope of the list unless another is named. */
  readonly name: string;
  /** Base URL without a slash at its end. */
  readonly server: string;
  /**
   * What a request carries. Asked for before every request, so that a credential that expires can be renewed; `fresh`:
   * the server has refused the one before.
   */
  readonly access: (fresh: boolean) => Promise<ClusterAccess>;
}

export interface ClusterAccess {
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: http.Agent;
}
