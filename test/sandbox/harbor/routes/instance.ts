import { unauthorized } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, done, emptyJson, ok } from '../http.ts';
import { isAdmin, isAuthenticated } from '../identity.ts';
import { listAnswer } from '../http.ts';
import { listRows } from '../listing.ts';
import { isPublic, maySystem, roleIn, systemRefusal } from '../permissions.ts';
import { parseListQuery } from '../query.ts';
import { quotaUsed } from '../quota.ts';
import { renderRepository } from '../render.ts';
import type { Route } from '../router.ts';
import type { ProjectRow } from '../rows.ts';
import { readableProjects } from '../visibility.ts';
import { omitEmpty, renderTime } from '../json.ts';

/** Administrators only: not even a robot can be granted it. */
function requireConfiguration(exchange: Exchange): void {
  if (!isAdmin(exchange.identity)) throw systemRefusal(exchange.identity);
}

function configurations(exchange: Exchange): Answer {
  requireConfiguration(exchange);
  const { configuration } = exchange.services.state;
  const values: Readonly<Record<string, unknown>> = {
    auth_mode: 'db_auth',
    banner_message: '',
    disabled_audit_log_event_types: '',
    notification_enable: true,
    primary_auth_mode: false,
    project_creation_restriction: 'everyone',
    quota_per_project_enable: configuration.quotaPerProject,
    read_only: configuration.readOnly,
    robot_name_prefix: configuration.robotNamePrefix,
    robot_token_duration: 30,
    scanner_skip_update_pulltime: false,
    self_registration: false,
    skip_audit_log_database: false,
    storage_per_project: -1,
    token_expiration: 30,
  };
  const shown = Object.entries(values).map(([key, value]) => [key, { editable: true, value }]);
  return ok({ ...Object.fromEntries(shown), scan_all_policy: {} });
}

/** The one write that read-only mode lets through. */
function configure(exchange: Exchange): Answer {
  requireConfiguration(exchange);
  const { configuration } = exchange.services.state;
  const body = bodyOf(exchange);
  if (typeof body['read_only'] === 'boolean') configuration.readOnly = body['read_only'];
  if (typeof body['quota_per_project_enable'] === 'boolean')
    configuration.quotaPerProject = body['quota_per_project_enable'];
  return done();
}

function statistics(exchange: Exchange): Answer {
  const { identity, services } = exchange;
  if (!isAuthenticated(identity)) throw unauthorized();
  const all = isAdmin(identity);
  const projects = [...services.state.projects.values()];
  const repositories = (some: readonly ProjectRow[]): number => {
    let count = 0;
    for (const project of some) count += project.repositories.size;
    return count;
  };
  const open = projects.filter(isPublic);
  const closed = all ? projects.filter((project) => !isPublic(project)) : [];
  let consumption = 0;
  if (all) for (const project of projects) consumption += quotaUsed(services.state, project);
  return ok({
    private_project_count: closed.length,
    private_repo_count: repositories(closed),
    public_project_count: open.length,
    public_repo_count: repositories(open),
    total_project_count: all ? projects.length : 0,
    total_repo_count: all ? repositories(projects) : 0,
    total_storage_consumption: consumption,
  });
}

function search(exchange: Exchange): Answer {
  const wanted = exchange.params.get('q') ?? '';
  const zero = renderTime(0);
  const visible = readableProjects(exchange.services.state, exchange.identity);
  const role = (project: ProjectRow): number => roleIn(exchange.identity, project) ?? 0;
  return ok({
    project: visible
      .filter((project) => project.name.includes(wanted))
      .map((project) => ({
        creation_time: renderTime(project.createdAt),
        current_user_role_id: role(project),
        current_user_role_ids: [role(project)],
        cve_allowlist: { creation_time: zero, items: null, update_time: zero },
        metadata: Object.fromEntries(project.metadata),
        name: project.name,
        owner_id: project.ownerId,
        project_id: project.id,
        repo_count: project.repositories.size,
        update_time: renderTime(project.updatedAt),
      })),
    repository: visible
      .flatMap((project) => [...project.repositories.values()])
      .filter((repository) => repository.name.includes(wanted))
      .map((repository) => ({
        artifact_count: renderRepository(repository)['artifact_count'],
        project_id: repository.project.id,
        project_name: repository.project.name,
        ...omitEmpty({ project_public: isPublic(repository.project) }),
        repository_name: repository.name,
      })),
  });
}

/** Lists that are always the same here: nobody asks for more. */
function fixedList(resource: string, rows: readonly unknown[]): Route[2] {
  return (exchange) => {
    if (!maySystem(exchange.identity, resource, 'list')) throw systemRefusal(exchange.identity);
    const query = parseListQuery(exchange.params);
    const page = listRows(rows, { columns: [], defaultSort: [] }, query);
    return listAnswer(exchange, query, { page, render: (row) => row });
  };
}

function fixed(answer: unknown): Route[2] {
  return (exchange) => {
    if (!isAdmin(exchange.identity)) throw systemRefusal(exchange.identity);
    return answer === undefined ? emptyJson() : ok(answer);
  };
}

const adapters = [
  'ali-acr',
  'aws-ecr',
  'azure-acr',
  'docker-hub',
  'docker-registry',
  'github-ghcr',
  'google-gcr',
  'harbor',
  'huawei-SWR',
  'jfrog-artifactory',
  'tencent-tcr',
  'volcengine-cr',
];

export const instanceRoutes: readonly Route[] = [
  ['GET', '/configurations', configurations],
  ['PUT', '/configurations', configure],
  [
    'GET',
    '/internalconfig',
    () => {
      throw unauthorized('only internal service is allowed to call this API');
    },
  ],
  ['GET', '/statistics', statistics],
  ['GET', '/search', search],
  ['GET', '/scanners', fixedList('scanner', [])],
  [
    'GET',
    '/schedules',
    fixedList('jobservice-monitor', [
      {
        cron: '0 0 0 * * *',
        id: 1,
        update_time: renderTime(0),
        vendor_type: 'SYSTEM_ARTIFACT_CLEANUP',
      },
    ]),
  ],
  ['GET', '/jobservice/queues', fixed([])],
  ['GET', '/jobservice/pools', fixed([])],
  ['GET', '/system/purgeaudit/schedule', fixed(undefined)],
  ['GET', '/replication/adapters', fixed(adapters)],
];
