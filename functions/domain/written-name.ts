import type { Known } from './instant.ts';

/** A pattern or a name as the policy has it, and where it stands. */
export interface WrittenName {
  /** `rules[ci].select.tags`, `protect.labels`. */
  readonly place: string;
  readonly text: string;
  /** It saves something where it matches: one that matches nothing may be a slip that costs an image. */
  readonly protects: boolean;
  readonly matchesProject?: (project: string) => boolean;
  /** Whether it matches in a repository of which this is seen. */
  readonly matchesIn?: (seen: SeenRepository) => boolean;
}

/** What there is to match in one repository. */
export interface SeenRepository {
  readonly project: string;
  readonly repository: string;
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  /** Harbor's types, media types and artifact types of what is there. */
  readonly types: ReadonlySet<string>;
  readonly mediaTypes: Known<ReadonlySet<string>>;
  readonly artifactTypes: Known<ReadonlySet<string>>;
  /** All that was read; false: there may be more, so nothing is said to match nothing. */
  readonly isWhole: boolean;
}

/** Names one in stored states and reports. */
export const keyOf = ({ place, text }: WrittenName): string => `${place} ${JSON.stringify(text)}`;
