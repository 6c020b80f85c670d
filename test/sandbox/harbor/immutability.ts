import type { ArtifactRow, ImmutableRuleRow, ProjectRow, RepositoryRow, TagRow } from './rows.ts';
import { type Candidate, SelectorError, selects } from './selectors.ts';

function applies(rule: ImmutableRuleRow, candidate: Candidate): boolean {
  // Only the first selector of each kind counts; a rule that lacks one never matches
  // (docs/harbor.md#immutability-rules).
  const repository = rule.scopeSelectors['repository']?.[0];
  const tag = rule.tagSelectors?.[0];
  if (rule.disabled || repository === undefined || tag === undefined) return false;
  if (!selects(repository, candidate)) return false;
  // What has no tag is under no rule but one that excludes tags (docs/harbor.md#immutability-rules).
  return candidate.tags.length === 0 ? tag.decoration === 'excludes' : selects(tag, candidate);
}

function anyRule(project: ProjectRow, candidate: Candidate): boolean {
  try {
    return project.immutableRules.some((rule) => applies(rule, candidate));
  } catch (error) {
    // A bad pattern switches off every rule made after it (docs/harbor.md#immutability-rules).
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

/** Would a tag of that name be immutable in that repository? */
export const isImmutableName = (repository: RepositoryRow, name: string): boolean =>
  anyRule(repository.project, {
    namespace: repository.project.name,
    repository: repository.shortName,
    tags: [name],
  });

export const isImmutable = (tag: TagRow): boolean =>
  isImmutableName(tag.artifact.repository, tag.name);

/** As Harbor's own retention asks: one matching tag is enough. */
export const isImmutableArtifact = (row: ArtifactRow): boolean =>
  anyRule(row.project, {
    namespace: row.project.name,
    repository: row.repository.shortName,
    tags: row.tags?.map((tag) => tag.name) ?? [],
  });
