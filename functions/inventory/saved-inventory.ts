import * as z from 'zod';
import type { RepositoryFacts } from '../domain/repository.ts';
import { RetentionError } from '../errors.ts';
import { readFacts } from './facts-file.ts';

/** Raised when an older file could no longer be read. */
const savedVersion = 1;

const instant = z.number().nonnegative();
const known = <T extends z.ZodType>(fact: T) => z.union([fact, z.literal('unknown')]);

const immutableRule = z.object({
  id: z.int(),
  disabled: z.boolean(),
  tagDecoration: z.enum(['matches', 'excludes']),
  tagPattern: z.string(),
  repositoryDecoration: z.enum(['repoMatches', 'repoExcludes']),
  repositoryPattern: z.string(),
});

const savedProject = z.object({
  name: z.string(),
  id: z.int(),
  isPublic: known(z.boolean()),
  isProxyCache: z.boolean(),
  repositoryCount: z.int(),
  immutableRules: known(z.array(immutableRule)),
  harborRetention: known(z.enum(['none', 'enabled', 'disabled'])),
});

/** The first line of a saved inventory; facts as `inventory/facts-file.ts` writes them stand below. */
const savedHead = z.object({
  inventory: z.object({
    version: z.literal(savedVersion),
    takenAt: instant,
    harbor: z.object({
      url: z.string(),
      version: z.string(),
      currentTime: known(instant),
      measuredAt: instant,
      readOnly: known(z.boolean()),
    }),
    projects: z.array(savedProject),
    replications: known(
      z.array(
        z.object({ name: z.string(), deletes: z.boolean(), nameFilters: z.array(z.string()) }),
      ),
    ),
  }),
});

export type SavedHead = z.output<typeof savedHead>['inventory'];

/** A saved inventory, read whole and checked. */
export interface SavedInventory {
  readonly head: SavedHead;
  readonly repositories: readonly RepositoryFacts[];
}

/** The first line of a file that is to be read by `readSavedInventory`. */
export function savedHeadLine(head: Omit<SavedHead, 'version'>): string {
  return JSON.stringify({ inventory: { version: savedVersion, ...head } });
}

const artifact = z.object({
  id: z.int().positive(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  type: z.string(),
  mediaType: z.string(),
  configType: z.string().optional(),
  artifactType: z.string().optional(),
  size: z.number().nonnegative(),
  pushedAt: known(instant),
  pulledAt: known(instant),
  tags: known(
    z.array(z.object({ name: z.string(), pushedAt: known(instant), pulledAt: known(instant) })),
  ),
  labels: known(z.array(z.string())),
  children: z.array(z.string()),
  accessories: known(z.array(z.object({ digest: z.string(), type: z.string(), size: z.number() }))),
});

const repositoryHead = z.object({
  project: z.string(),
  name: z.string(),
  id: z.int().positive(),
  createdAt: known(instant),
  updatedAt: known(instant),
  pullCount: z.number(),
  artifactCount: z.number(),
});

/**
 * Reads and checks a saved inventory.
 * @throws RetentionError inventory-invalid, naming line and field
 */
export async function readSavedInventory(
  lines: AsyncIterable<string>,
  name: string,
): Promise<SavedInventory> {
  let head: SavedHead | undefined;
  const repositories: RepositoryFacts[] = [];
  let number = 0;
  async function* rest(): AsyncGenerator<string> {
    for await (const line of lines) {
      number += 1;
      if (head === undefined) head = checkedHead(line, name);
      else yield line;
    }
  }
  try {
    // A repository is whole when the line below it has been read.
    for await (const facts of readFacts(rest(), name, 1)) {
      repositories.push(checkedFacts(facts, { name, end: number }));
    }
  } catch (error) {
    if (!(error instanceof RetentionError) || error.code === 'inventory-invalid') throw error;
    throw new RetentionError('inventory-invalid', error.message, { cause: error });
  }
  if (head === undefined) throw new RetentionError('inventory-invalid', `${name} is empty.`);
  return { head, repositories };
}

function checkedHead(line: string, name: string): SavedHead {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RetentionError('inventory-invalid', `${name}, line 1: no JSON.`);
  }
  const parsed = savedHead.safeParse(value);
  if (parsed.success) return parsed.data.inventory;
  throw new RetentionError('inventory-invalid', `${name}, line 1: ${firstIssue(parsed.error)}`);
}

function checkedFacts(
  facts: RepositoryFacts,
  { name, end }: { readonly name: string; readonly end: number },
): RepositoryFacts {
  const listed = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  const hidden = facts.kind === 'complete' ? (facts.hidden ?? []) : [];
  const artifacts = [...listed, ...hidden];
  const shape = z.object({ head: repositoryHead, artifacts: z.array(artifact) });
  const parsed = shape.safeParse({ head: facts.head, artifacts });
  if (parsed.success) return facts;
  const [first, position] = parsed.error.issues[0]?.path ?? [];
  const isArtifact = first === 'artifacts' && typeof position === 'number';
  const line = end - artifacts.length - 1 + (isArtifact ? position + 1 : 0);
  throw new RetentionError(
    'inventory-invalid',
    `${name}, line ${line}: ${firstIssue(parsed.error, isArtifact ? 2 : 1)}`,
  );
}

/** What is wrong with a field; `above`: parts of its path that stand for the line. */
function firstIssue(error: z.ZodError, above = 0): string {
  const issue = error.issues[0];
  return `${issue?.path.slice(above).join('.') ?? ''}: ${issue?.message ?? ''}`;
}
