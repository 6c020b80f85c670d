/** An account of AWS in memory, as far as collecting asks for it. Names of fields are those of the APIs. */
export interface EmbeddedAccount {
  readonly id: string;
  readonly clusters: Readonly<Record<string, EmbeddedEcsCluster>>;
  /** Images of the revisions of a family, from 1; undefined: deregistered, and `deleted` ones are gone. */
  readonly families: Readonly<Record<string, readonly EmbeddedRevision[]>>;
  readonly rules: readonly {
    readonly bus: string;
    readonly name: string;
    readonly targets: readonly object[];
  }[];
  readonly schedules: readonly {
    readonly group: string;
    readonly name: string;
    readonly target: object;
  }[];
  readonly jobDefinitions: readonly object[];
  /** Clusters of EKS, as DescribeCluster gives them. */
  readonly eks: Readonly<Record<string, object>>;
}

export interface EmbeddedRevision {
  readonly images: readonly string[];
  readonly status: 'ACTIVE' | 'INACTIVE' | 'DELETED';
}

export interface EmbeddedEcsCluster {
  readonly tasks: readonly object[];
  readonly services: readonly object[];
  readonly revisions?: readonly object[];
}

export const emptyAccount: EmbeddedAccount = {
  id: '123456789012',
  clusters: {},
  families: {},
  rules: [],
  schedules: [],
  jobDefinitions: [],
  eks: {},
};

export const arn = (rest: string, service = 'ecs'): string =>
  `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
export const clusterArn = (name: string): string => arn(`cluster/${name}`);
export const definitionArn = (name: string): string => arn(`task-definition/${name}`);

/** Active revisions with these images, one each. */
export const active = (...images: readonly string[]): readonly EmbeddedRevision[] =>
  images.map((image) => ({ images: [image], status: 'ACTIVE' }));
