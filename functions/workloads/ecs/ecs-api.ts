/** What is asked of one region of one account: reading, and nothing else. Each method throws what AWS answers. */
export interface EcsApi {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** ARNs. */
  readonly clusters: () => Promise<readonly string[]>;
  /** ARNs of tasks that run or are about to. */
  readonly tasks: (cluster: string) => Promise<readonly string[]>;
  readonly describeTasks: (cluster: string, arns: readonly string[]) => Promise<Described<Task>>;
  /** ARNs. */
  readonly services: (cluster: string) => Promise<readonly string[]>;
  readonly describeServices: (
    cluster: string,
    arns: readonly string[],
  ) => Promise<Described<Service>>;
  readonly describeRevisions: (arns: readonly string[]) => Promise<Described<PinnedImages>>;
  /** Names of all families with an active task definition. */
  readonly families: () => Promise<readonly string[]>;
  /** ARNs of the active revisions of a family, the newest first, page by page. */
  readonly activeRevisions: (family: string) => AsyncIterable<readonly string[]>;
  /** The images of a task definition; undefined if it was deleted. */
  readonly images: (taskDefinition: string) => Promise<readonly string[] | undefined>;
  readonly buses: () => Promise<readonly string[]>;
  readonly rules: (bus: string) => Promise<readonly string[]>;
  /** Task definitions that the targets of a rule start. */
  readonly ruleTargets: (bus: string, rule: string) => Promise<readonly string[]>;
  readonly schedules: () => Promise<readonly ScheduleName[]>;
  readonly scheduleTarget: (name: ScheduleName) => Promise<ScheduleTarget>;
  readonly jobDefinitions: () => Promise<readonly JobDefinition[]>;
}

/** ECS describes what it finds, and names the others. */
export interface Described<T> {
  readonly found: readonly T[];
  readonly failures: readonly { readonly arn: string; readonly reason: string }[];
}

export interface Task {
  readonly arn: string;
  /** `service:api`, or what started it called it. */
  readonly group: string;
  readonly taskDefinition: string;
  /** RUNNING, PENDING, … */
  readonly lastStatus: string;
  readonly containers: readonly {
    readonly image: string;
    /** Undefined until the image was pulled. */
    readonly digest: string | undefined;
  }[];
}

export interface Service {
  readonly arn: string;
  /** Those of the service itself, and of every deployment and task set. */
  readonly taskDefinitions: readonly string[];
  /** ARNs of the revisions by which new tasks start. */
  readonly revisions: readonly string[];
}

/** Images with the digests that a revision of a service starts, wherever their tags have moved since. */
export interface PinnedImages {
  readonly arn: string;
  readonly images: readonly { readonly image: string; readonly digest: string | undefined }[];
}

export interface ScheduleName {
  readonly group: string;
  readonly name: string;
}

export interface ScheduleTarget {
  /** Undefined: it starts no task. */
  readonly taskDefinition?: string;
  /** What it calls, if that may start a task in a way that is not understood. */
  readonly notUnderstood?: string;
}

export interface JobDefinition {
  /** `name:revision`. */
  readonly name: string;
  readonly images: readonly string[];
}
