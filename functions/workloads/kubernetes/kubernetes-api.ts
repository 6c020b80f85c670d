/** What is asked of an API server: reading, and nothing else. */
export interface KubernetesApi {
  /** The context, or the name of the cluster; it stands in messages. */
  readonly name: string;
  /** The answer to a GET. It never throws for what the server says; busy and broken answers were tried again. */
  readonly get: (
    path: string,
    query: Readonly<Record<string, string>>,
  ) => Promise<KubernetesAnswer>;
}

export type KubernetesAnswer =
  | { readonly ok: true; readonly body: unknown }
  | {
      readonly ok: false;
      /** HTTP's; 0 if there was no answer at all, or none that is whole. */
      readonly status: number;
      /** In the server's words, or why there was no answer. */
      readonly message: string;
    };
