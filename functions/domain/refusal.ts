/** Why a whole plan was refused. */
export interface Refusal {
  /** File name of the rail, e.g. `max-deletions`. */
  readonly rail: string;
  /** What it is about: a repository, a rule, a project, or the run. */
  readonly on: string;
  /** In words and numbers: what was found. */
  readonly found: string;
  /** What would have been let through. */
  readonly allowed: string;
  /** What to do now. */
  readonly remedy: string;
  /** By which a person may acknowledge it, so that it is not refused again; 12 hex digits. Absent: that can't be done. */
  readonly fingerprint?: string;
}
