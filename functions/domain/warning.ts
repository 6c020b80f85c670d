/** Something an operator should know of; never changes a verdict. */
export interface Warning {
  /** Constant, for machines: `project-incomplete`, `pull-times-clustered`, … */
  readonly code: string;
  /** What it is about: a project, a repository, a rule, or `run`. */
  readonly on: string;
  /** What was found. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
}
