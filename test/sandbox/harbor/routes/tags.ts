import { checkTagName } from '../actions/push-manifest.ts';
import { note } from '../actors.ts';
import { HarborError, conflict, invalid, notFound, precondition } from '../errors.ts';
import { type Answer, type Exchange, done, flag, listAnswer } from '../http.ts';
import { isImmutable } from '../immutability.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { addressOf, findArtifact, projectByName } from '../lookup.ts';
import { parseListQuery } from '../query.ts';
import { renderTag } from '../render.ts';
import { fly } from '../flights.ts';
import { strikeMovedTags } from '../races.ts';
import type { Route } from '../router.ts';
import type { TagRow } from '../rows.ts';
import { createTag, removeTag, touchRepository } from '../tables.ts';

const spec: ListSpec<TagRow> = {
  columns: [
    { key: 'id', kind: 'integer', get: (tag) => tag.id },
    { key: 'repository_id', kind: 'integer', get: (tag) => tag.artifact.repository.id },
    { key: 'artifact_id', kind: 'integer', get: (tag) => tag.artifact.id },
    { key: 'name', kind: 'text', get: (tag) => tag.name },
    { key: 'push_time', kind: 'time', get: (tag) => tag.pushedAt },
    { key: 'pull_time', kind: 'time', get: (tag) => tag.pulledAt },
  ],
  defaultSort: [
    { key: 'push_time', descending: true },
    { key: 'id', descending: true },
  ],
};

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const project = projectByName(exchange, 'tag', 'list');
  const row = findArtifact(project, addressOf(exchange));
  const immutable = flag(exchange.params, 'with_immutable_status') ? isImmutable : () => false;
  return listAnswer(exchange, query, {
    page: listRows(row.tags ?? [], spec, query),
    render: (tag) => renderTag(tag, immutable(tag)),
  });
}

/** Request validation in the words of Harbor's framework. @throws HarborError 422 */
function tagNameOf(exchange: Exchange): string {
  if (exchange.body.length === 0) throw invalid('tag in body is required');
  const type = exchange.headers['content-type'] ?? 'application/json';
  if (!type.startsWith('application/json'))
    throw invalid(`unsupported media type "${type}", only [application/json] are allowed`);
  let body: unknown;
  try {
    body = JSON.parse(exchange.body.toString('utf8'));
  } catch {
    throw invalid(
      `parsing tag body from "" failed, because invalid character 'o' in literal null (expecting 'u')`,
    );
  }
  const name =
    typeof body === 'object' && body !== null
      ? (body as Record<string, unknown>)['name']
      : undefined;
  if (typeof name !== 'string' || name === '')
    throw invalid('validation failure list:\nname in body is required');
  return name;
}

/** Makes a new tag; never moves one (docs/harbor.md#creating-a-tag). */
function create(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const name = tagNameOf(exchange);
  const project = projectByName(exchange, 'tag', 'create');
  if (project === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  if (project.registryId > 0)
    throw new HarborError(405, 'METHOD_NOT_ALLOWED', {
      message: `the operation isn't supported for a proxy cache project`,
    });
  const row = findArtifact(project, addressOf(exchange));
  checkTagName(name);
  const { repository } = row;
  if (repository.tags.has(name))
    throw conflict(`tag ${name} already exists under the repository ${repository.id}`);
  createTag(state, row, { name, at: state.clock.now() });
  touchRepository(state, repository);
  note(exchange, {
    project,
    operation: 'create',
    resourceType: 'tag',
    resource: `${repository.name}:${name}`,
  });
  return { status: 201 };
}

/** With a digest as reference this is compare-and-delete (docs/harbor.md#deleting-a-tag). */
async function remove(exchange: Exchange): Promise<Answer> {
  const { state } = exchange.services;
  const project = projectByName(exchange, 'tag', 'delete');
  const row = findArtifact(project, addressOf(exchange));
  const name = exchange.path['tag'] ?? '';
  const tag = row.tags?.find((one) => one.name === name);
  const missing = notFound(`tag ${name} attached to artifact ${row.id} not found`);
  if (tag === undefined) throw missing;
  const plan = {
    kind: 'delete-tag',
    work: 'delete',
    project: row.project,
    repository: row.repository.name,
  } as const;
  return fly(exchange, plan, (flight) => {
    if (tag.artifact === row && !row.deleted) {
      if (isImmutable(tag))
        throw precondition(`the tag ${name} configured as immutable, cannot be deleted`);
      removeTag(state, tag);
    } else strikeMovedTags(exchange, flight, [tag]);
    // Whatever has become of it meanwhile: only a tag that is gone was deleted.
    if (row.repository.tags.get(name) === tag) throw missing;
    touchRepository(state, row.repository);
    note(exchange, {
      project: row.project,
      operation: 'delete',
      resourceType: 'tag',
      resource: `${row.repository.name}:${name}`,
    });
    return done();
  });
}

const base = '/projects/{project}/repositories/{repository}/artifacts/{reference}/tags';

export const tagRoutes: readonly Route[] = [
  ['GET', base, list],
  ['POST', base, create],
  ['DELETE', `${base}/{tag}`, remove],
];
