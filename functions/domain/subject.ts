import type { Artifact, Digest } from './artifact.ts';

/** What a rule speaks about: a tag by its name, or null for an artifact that has no tags. */
export type Subject = string | null;

/** The subjects of an artifact; none if its tags are not known. */
export function subjectsOf(artifact: Artifact): readonly Subject[] {
  if (artifact.tags === 'unknown') return [];
  return artifact.tags.length === 0 ? [null] : artifact.tags.map((tag) => tag.name);
}

const accessoryTag = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/;

/**
 * The digest that an accessory tag is about: cosign's `sha256-<hex>.sig`, `.att`, `.sbom`, and the bare
 * `sha256-<hex>` of a fallback index. Harbor links only some of them to their subject
 * (docs/harbor.md#what-lists-do-not-show, #t23-tags-of-signatures).
 */
export function accessorySubject(tag: string): Digest | undefined {
  const hex = tag.startsWith('sha256-') ? accessoryTag.exec(tag)?.[1] : undefined;
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** Whether a pattern, as written, names the tags of signatures literally (docs/policy.md#indexes-and-signatures). */
export function namesAccessory(pattern: string): boolean {
  return /^(?:\/\^?)?sha256-/.test(pattern);
}
