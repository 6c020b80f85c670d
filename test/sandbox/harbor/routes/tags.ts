import { type Answer, type Exchange, flag, listAnswer } from '../http.ts';
import { isImmutable } from '../immutability.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { addressOf, findArtifact, projectByName } from '../lookup.ts';
import { parseListQuery } from '../query.ts';
import { renderTag } from '../render.ts';
import type { Route } from '../router.ts';
import type { TagRow } from '../rows.ts';

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

export const tagRoutes: readonly Route[] = [
  ['GET', '/projects/{project}/repositories/{repository}/artifacts/{reference}/tags', list],
];
