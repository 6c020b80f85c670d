import { type Answer, type Exchange, listAnswer, ok } from '../http.ts';
import { notFound } from '../errors.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { projectByName, repositoryOf } from '../lookup.ts';
import { parseListQuery } from '../query.ts';
import { renderRepository } from '../render.ts';
import type { Route } from '../router.ts';
import type { RepositoryRow } from '../rows.ts';
import { readableProjects } from '../visibility.ts';
import { type State } from '../state.ts';
import { since } from '../version.ts';

const spec = (state: State): ListSpec<RepositoryRow> => ({
  columns: [
    { key: 'repository_id', kind: 'integer', get: (row) => row.id },
    { key: 'name', kind: 'text', get: (row) => row.name },
    { key: 'project_id', kind: 'integer', get: (row) => row.project.id },
    { key: 'pull_count', kind: 'integer', get: (row) => row.pullCount },
    { key: 'creation_time', kind: 'time', get: (row) => row.createdAt },
    { key: 'update_time', kind: 'time', get: (row) => row.updatedAt },
  ],
  defaultSort: [
    { key: 'creation_time', descending: true },
    { key: 'repository_id', descending: true },
  ],
  sortable: since(state.version, 3),
});

function listOfProject(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const project = projectByName(exchange, 'repository', 'list');
  if (project === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  const page = listRows(project.repositories.values(), spec(exchange.services.state), query);
  return listAnswer(exchange, query, { page, render: renderRepository });
}

function listAll(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const { state } = exchange.services;
  const visible = readableProjects(state, exchange.identity);
  const rows = visible.flatMap((project) => [...project.repositories.values()]);
  return listAnswer(exchange, query, {
    page: listRows(rows, spec(state), query),
    render: renderRepository,
  });
}

function getOne(exchange: Exchange): Answer {
  const project = projectByName(exchange, 'repository', 'read');
  if (project === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  return ok(renderRepository(repositoryOf(project, exchange)));
}

export const repositoryRoutes: readonly Route[] = [
  ['GET', '/repositories', listAll, 3],
  ['GET', '/projects/{project}/repositories', listOfProject],
  ['GET', '/projects/{project}/repositories/{repository}', getOne],
];
