import * as z from 'zod';
import { bounds } from '../../domain/bounds.ts';
import { formatInstant, type Instant, parseInstant } from '../../domain/instant.ts';
import type { Log, LogEntry } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { keysetPages, tooManyRows } from './paging.ts';
import { paths } from './paths.ts';

interface Span {
  readonly since: Instant;
  readonly until: Instant;
}

const wireEntry = z.object({
  operation: z.string(),
  resource_type: z.string(),
  resource: z.string(),
  operation_description: z.string().default(''),
  operation_result: z.boolean(),
  op_time: z.string().transform(parseInstant),
  username: z.string().default(''),
});

const pushed = /^push artifact: (?<name>.+)@(?<digest>sha256:[0-9a-f]{64})$/;

/** The log, or why there is none. @throws HarborFailure if Harbor can't be reached */
export async function readLog(
  client: HarborClient,
  project: string,
  given: Span & { readonly username: string },
): Promise<Log> {
  try {
    return await entriesOf(client, project, given);
  } catch (error) {
    if (!(error instanceof HarborFailure) || error.status === 0) throw error;
    return error.status === 404 && error.isMissingRoute ? 'unsupported' : 'unknown';
  }
}

/**
 * What others, and we, pushed, tagged and untagged in a project between two instants, oldest first
 * (docs/harbor.md#t50-what-a-push-named). From Harbor 2.13 on; the older log names either tag or digest, never both.
 * `username`: ours, so that our own are known.
 * @throws HarborFailure without log:list, before 2.13, or if the list is not provably whole
 */
async function entriesOf(
  client: HarborClient,
  project: string,
  given: Span & { readonly username: string },
): Promise<readonly LogEntry[]> {
  const path = paths.projectLog(project);
  const seconds = (at: Instant): string => formatInstant(at).slice(0, 19);
  const entries: LogEntry[] = [];
  for await (const page of keysetPages(client, {
    path,
    column: 'id',
    field: 'id',
    terms: {
      operation: '{create delete}',
      op_time: `[${seconds(given.since)}~${seconds(given.until + 1_000)}]`,
    },
    kind: 'log',
  })) {
    for (const row of page) {
      const wire = checked(wireEntry, row, path);
      const entry = wire.operation_result ? entryOf(wire, project, given.username) : undefined;
      // Harbor ignores a filter that it does not know (docs/harbor.md#t10-unknown-keys).
      if (entry !== undefined && entry.at >= given.since - 1_000 && entry.at <= given.until + 1_000)
        entries.push(entry);
    }
    if (entries.length > bounds.rowsOfALook) throw HarborFailure.unexpected(path, tooManyRows);
  }
  return entries;
}

function entryOf(
  wire: z.output<typeof wireEntry>,
  project: string,
  username: string,
): LogEntry | undefined {
  const { operation, resource_type: type, resource, op_time: at } = wire;
  if (at === 'unknown' || !resource.startsWith(`${project}/`)) return undefined;
  const isOurs = wire.username === username;
  if (type === 'artifact' && operation === 'create') {
    const groups = pushed.exec(wire.operation_description)?.groups;
    const { name = '', digest = '' } = groups ?? {};
    if (!name.startsWith(`${project}/`)) return undefined;
    const tag = resource.startsWith(`${name}:`) ? resource.slice(name.length + 1) : undefined;
    const repository = name.slice(project.length + 1);
    return { kind: 'push', repository, digest, at, isOurs, ...(tag === undefined ? {} : { tag }) };
  }
  const named = resource.slice(project.length + 1);
  if (type === 'artifact' && operation === 'delete') {
    const mark = named.lastIndexOf('@');
    if (mark < 1) return undefined;
    const digest = named.slice(mark + 1);
    return { kind: 'artifact-deleted', repository: named.slice(0, mark), digest, at, isOurs };
  }
  const colon = named.lastIndexOf(':');
  if (type !== 'tag' || colon < 1) return undefined;
  const kind = operation === 'create' ? 'tag-created' : 'tag-deleted';
  return { kind, repository: named.slice(0, colon), tag: named.slice(colon + 1), at, isOurs };
}
