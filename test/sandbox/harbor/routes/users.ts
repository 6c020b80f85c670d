import { conflict, notFound } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, created, done } from '../http.ts';
import { requireSystem } from '../permissions.ts';
import type { Route } from '../router.ts';
import type { UserRow } from '../rows.ts';
import { nextId } from '../state.ts';

const text = (body: Readonly<Record<string, unknown>>, key: string): string =>
  typeof body[key] === 'string' ? body[key] : '';

function create(exchange: Exchange): Answer {
  requireSystem(exchange, 'user', 'create');
  const { state } = exchange.services;
  const body = bodyOf(exchange);
  const username = text(body, 'username');
  if ([...state.users.values()].some((user) => user.username === username))
    throw conflict(`user with username ${username} or email ${text(body, 'email')} already exists`);
  const now = state.clock.now();
  const user: UserRow = {
    id: nextId(state, 'user'),
    username,
    password: text(body, 'password'),
    email: text(body, 'email'),
    realname: text(body, 'realname'),
    comment: text(body, 'comment'),
    isAdmin: false,
    oidcCli: false,
    createdAt: now,
    updatedAt: now,
  };
  state.users.set(user.id, user);
  return created(`/api/v2.0/users/${user.id}`);
}

function remove(exchange: Exchange): Answer {
  requireSystem(exchange, 'user', 'delete');
  const { state } = exchange.services;
  const id = exchange.path['user'] ?? '';
  if (!state.users.delete(Number(id))) throw notFound(`user ${id} not found`);
  for (const project of state.projects.values()) {
    const left = project.members.filter((member) => member.userId !== Number(id));
    project.members.splice(0, project.members.length, ...left);
  }
  return done();
}

export const userRoutes: readonly Route[] = [
  ['POST', '/users', create],
  ['DELETE', '/users/{user}', remove],
];
