import { conflict, notFound } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, created, done, listAnswer } from '../http.ts';
import { omitEmpty } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { projectOf } from '../lookup.ts';
import { parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import type { ImmutableRuleRow, Selector } from '../rows.ts';
import { findRule, nextId } from '../state.ts';

const spec: ListSpec<ImmutableRuleRow> = {
  columns: [{ key: 'id', kind: 'integer', get: (row) => row.id }],
  defaultSort: [{ key: 'id', descending: false }],
};

const render = (rule: ImmutableRuleRow): Record<string, unknown> =>
  omitEmpty({
    action: rule.action,
    disabled: rule.disabled,
    id: rule.id,
    priority: rule.priority,
    scope_selectors: Object.keys(rule.scopeSelectors).length > 0 ? rule.scopeSelectors : undefined,
    tag_selectors: rule.tagSelectors,
    template: rule.template,
  });

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const project = projectOf(exchange, 'immutable-tag', 'list');
  return listAnswer(exchange, query, {
    page: listRows(project.immutableRules, spec, query),
    render,
  });
}

const sameRule = (a: ImmutableRuleRow, b: ImmutableRuleRow): boolean =>
  JSON.stringify([a.tagSelectors, a.scopeSelectors]) ===
  JSON.stringify([b.tagSelectors, b.scopeSelectors]);

function fill(rule: ImmutableRuleRow, body: Readonly<Record<string, unknown>>): void {
  rule.disabled = body['disabled'] === true;
  rule.tagSelectors = (body['tag_selectors'] ?? null) as Selector[] | null;
  rule.scopeSelectors = (body['scope_selectors'] ?? {}) as Record<string, Selector[]>;
}

/** Patterns are not looked at: a bad one is accepted (docs/harbor.md#immutability-rules). */
function create(exchange: Exchange): Answer {
  const project = projectOf(exchange, 'immutable-tag', 'create');
  const body = bodyOf(exchange);
  const rule: ImmutableRuleRow = {
    id: nextId(exchange.services.state, 'rule'),
    disabled: false,
    priority: 0,
    action: 'immutable',
    template: typeof body['template'] === 'string' ? body['template'] : '',
    tagSelectors: null,
    scopeSelectors: {},
  };
  fill(rule, body);
  if (project.immutableRules.some((other) => sameRule(other, rule)))
    throw conflict('immutable rule already exists');
  project.immutableRules.push(rule);
  return created(`${exchange.rawPath}/${rule.id}`);
}

function change(exchange: Exchange, action: 'update' | 'delete'): Answer {
  const project = projectOf(exchange, 'immutable-tag', action);
  const id = Number(exchange.path['rule']);
  const rule = findRule(project, id);
  if (rule === undefined) throw notFound(`immutable rule ${id} not found`);
  if (action === 'update') fill(rule, bodyOf(exchange));
  else project.immutableRules.splice(project.immutableRules.indexOf(rule), 1);
  return done();
}

export const immutableRuleRoutes: readonly Route[] = [
  ['GET', '/projects/{project}/immutabletagrules', list],
  ['POST', '/projects/{project}/immutabletagrules', create],
  ['PUT', '/projects/{project}/immutabletagrules/{rule}', (exchange) => change(exchange, 'update')],
  [
    'DELETE',
    '/projects/{project}/immutabletagrules/{rule}',
    (exchange) => change(exchange, 'delete'),
  ],
];
