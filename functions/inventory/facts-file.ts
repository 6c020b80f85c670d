import type { Artifact } from '../domain/artifact.ts';
import type { RepositoryFacts, RepositoryHead } from '../domain/repository.ts';
import { RetentionError } from '../errors.ts';
import type { PartWriter } from '../ports.ts';

/**
 * Facts as newline-delimited JSON: a line for each repository, its artifacts on the lines below, marked `hidden` where
 * its list does not show them,
 * and a last line that counts both, without which the file is not whole.
 */
interface RepositoryLine {
  readonly repository: RepositoryHead;
  readonly because?: string;
}

interface EndLine {
  readonly end: { readonly repositories: number; readonly artifacts: number };
}

/** Writes facts, one repository after the other, into a part that stays open. */
export async function writeFacts(
  writer: PartWriter,
  repositories: Iterable<RepositoryFacts>,
): Promise<void> {
  const end = { repositories: 0, artifacts: 0 };
  for (const facts of repositories) {
    const line: RepositoryLine =
      facts.kind === 'complete'
        ? { repository: facts.head }
        : { repository: facts.head, because: facts.because };
    await writer.write(JSON.stringify(line));
    const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
    const hidden = facts.kind === 'complete' ? (facts.hidden ?? []) : [];
    for (const artifact of artifacts) await writer.write(JSON.stringify(artifact));
    for (const artifact of hidden)
      await writer.write(JSON.stringify({ ...artifact, hidden: true }));
    end.repositories += 1;
    end.artifacts += artifacts.length + hidden.length;
  }
  await writer.write(JSON.stringify({ end }));
}

/**
 * Reads facts back, one repository at a time. `before`: lines of the file that stand above them.
 * @throws RetentionError state-invalid, with the line, if the file is not whole
 */
export async function* readFacts(
  lines: AsyncIterable<string>,
  name: string,
  before = 0,
): AsyncGenerator<RepositoryFacts> {
  const seen = { repositories: 0, artifacts: 0 };
  let current: RepositoryLine | undefined;
  let artifacts: Artifact[] = [];
  let hidden: Artifact[] = [];
  let isWhole = false;
  let number = before;
  for await (const text of lines) {
    number += 1;
    const line = parseLine(text, `${name}, line ${number}`);
    if ('digest' in line) {
      if ('hidden' in line) hidden.push(shown(line));
      else artifacts.push(line);
      seen.artifacts += 1;
      continue;
    }
    if (current !== undefined) yield factsOf(current, artifacts, hidden);
    artifacts = [];
    hidden = [];
    current = 'repository' in line ? line : undefined;
    if ('repository' in line) seen.repositories += 1;
    else
      isWhole =
        line.end.repositories === seen.repositories && line.end.artifacts === seen.artifacts;
  }
  if (!isWhole) {
    throw new RetentionError(
      'state-invalid',
      `${name} breaks off or was changed: ${seen.repositories} repositories and ${seen.artifacts} artifacts were read, its last line must say the same.`,
    );
  }
}

function shown(line: Artifact & { readonly hidden?: unknown }): Artifact {
  const { hidden: _, ...artifact } = line;
  return artifact;
}

function factsOf(
  line: RepositoryLine,
  artifacts: readonly Artifact[],
  hidden: readonly Artifact[],
): RepositoryFacts {
  return line.because === undefined
    ? {
        kind: 'complete',
        head: line.repository,
        artifacts,
        ...(hidden.length === 0 ? {} : { hidden }),
      }
    : { kind: 'unplannable', head: line.repository, seen: artifacts, because: line.because };
}

/** The lines are our own, or were checked when a saved inventory was loaded. */
function parseLine(text: string, where: string): Artifact | RepositoryLine | EndLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    throw new RetentionError('state-invalid', `${where}: no JSON.`, { cause: error });
  }
  if (isLine(line)) return 'digest' in line ? compact(line) : line;
  throw new RetentionError(
    'state-invalid',
    `${where}: a repository, an artifact or the end was expected.`,
  );
}

/** Media types and the like are a few words in many copies: each is kept once. */
const words = new Map<string, string>();
const mostWords = 1_000;

function word(text: string): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  if (words.size < mostWords) words.set(text, text);
  return text;
}

function compact(artifact: Artifact): Artifact {
  const { labels, children, accessories, configType, artifactType } = artifact;
  return {
    ...artifact,
    type: word(artifact.type),
    mediaType: word(artifact.mediaType),
    ...(configType === undefined ? {} : { configType: word(configType) }),
    ...(artifactType === undefined ? {} : { artifactType: word(artifactType) }),
    labels: labels === 'unknown' || labels.length > 0 ? labels : nothing,
    children: children.length > 0 ? children : nothing,
    accessories: accessories === 'unknown' || accessories.length > 0 ? accessories : nothing,
  };
}

const nothing: readonly never[] = [];

function isLine(line: unknown): line is Artifact | RepositoryLine | EndLine {
  return (
    typeof line === 'object' &&
    line !== null &&
    (('digest' in line && 'id' in line && 'tags' in line) || 'repository' in line || 'end' in line)
  );
}

/** Several parts as one: their last lines become one that counts them all. */
export async function* joinFacts(parts: Iterable<AsyncIterable<string>>): AsyncGenerator<string> {
  const sum = { repositories: 0, artifacts: 0 };
  for (const part of parts) {
    for await (const text of part) {
      const line = parseLine(text, 'a part');
      if ('end' in line) {
        sum.repositories += line.end.repositories;
        sum.artifacts += line.end.artifacts;
      } else {
        yield text;
      }
    }
  }
  yield JSON.stringify({ end: sum });
}
