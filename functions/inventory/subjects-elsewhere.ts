import type { Digest } from '../domain/artifact.ts';
import { graphOf, isPresent } from '../domain/graph.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import { accessorySubject } from '../domain/subject.ts';

const read = (facts: RepositoryFacts) =>
  facts.kind === 'complete' ? [...facts.artifacts, ...(facts.hidden ?? [])] : facts.seen;

/** What signature tags of a repository are about that is not in it: cosign may keep signatures in a place of their own. */
export function absentSubjects(facts: RepositoryFacts): readonly Digest[] {
  const artifacts = read(facts);
  const named = artifacts.flatMap(({ tags }) =>
    tags === 'unknown' ? [] : tags.flatMap(({ name }) => accessorySubject(name) ?? []),
  );
  if (named.length === 0) return named;
  const graph = graphOf(artifacts);
  return named.filter((subject) => !isPresent(graph, subject));
}

/** Which of these are in a repository, as an artifact, a child or an accessory. */
export function presentOf(wanted: ReadonlySet<Digest>, facts: RepositoryFacts): readonly Digest[] {
  return read(facts)
    .flatMap(({ digest, children, accessories }) => [
      digest,
      ...children,
      ...(accessories === 'unknown' ? [] : accessories.map((one) => one.digest)),
    ])
    .filter((digest) => wanted.has(digest));
}
