import type { Faults } from './faults.ts';
import type { RobotRow, UserRow } from './rows.ts';
import type { State } from './state.ts';

/** Who Harbor takes a caller for. Wrong credentials are nobody's, not an error (T1). */
export type Identity =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly user: UserRow }
  | { readonly kind: 'robot'; readonly robot: RobotRow }
  | { readonly kind: 'token'; readonly token: Token };

export interface Token {
  readonly value: string;
  readonly username: string;
  readonly grants: ReadonlyMap<string, readonly string[]>;
}

export const ANONYMOUS: Identity = { kind: 'anonymous' };

export interface LoginDesk {
  /** User names whose failed login is being answered: meanwhile even the right password is nobody's (T2). */
  readonly locked: Map<string, number>;
  readonly tokens: Map<string, Token>;
  /** Waits as long as Harbor does before it answers a failed login. */
  failedLogin: () => Promise<void>;
}

/** Lets the next failed login wait until `release`; everything else goes on. */
export function holdFailedLogins(desk: LoginDesk): {
  readonly reached: Promise<void>;
  readonly release: () => void;
} {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const usual = desk.failedLogin;
  desk.failedLogin = () => {
    desk.failedLogin = usual;
    reached.resolve();
    return released.promise;
  };
  return { reached: reached.promise, release: released.resolve };
}

export const createLoginDesk = (): LoginDesk => ({
  locked: new Map(),
  tokens: new Map(),
  failedLogin: () => Promise.resolve(),
});

export interface IdentityContext {
  readonly state: State;
  readonly desk: LoginDesk;
  readonly faults: Faults;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export function parseBasic(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0
    ? undefined
    : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export function robotIsUsable(robot: RobotRow, now: number): boolean {
  return !robot.disabled && (robot.expiresAt === -1 || robot.expiresAt * 1000 > now);
}

async function failed(
  context: IdentityContext,
  username: string,
  isUser: boolean,
): Promise<Identity> {
  const { desk } = context;
  if (isUser) desk.locked.set(username, (desk.locked.get(username) ?? 0) + 1);
  await desk.failedLogin();
  const left = (desk.locked.get(username) ?? 0) - 1;
  if (left > 0) desk.locked.set(username, left);
  else desk.locked.delete(username);
  return ANONYMOUS;
}

async function login(context: IdentityContext, credentials: Credentials): Promise<Identity> {
  const { state, desk } = context;
  const { username, password } = credentials;
  const robot = state.robotsByName.get(username);
  if (robot !== undefined && robot.secret === password && robotIsUsable(robot, state.clock.now()))
    return { kind: 'robot', robot };
  // A robot's wrong secret goes on to the users, fails there and is slow; robots are not locked by it.
  if (robot !== undefined) return failed(context, username, false);
  if (desk.locked.has(username)) return ANONYMOUS;
  const user = [...state.users.values()].find((candidate) => candidate.username === username);
  if (user !== undefined && user.password === password) return { kind: 'user', user };
  return failed(context, username, true);
}

const cliPaths: readonly (readonly [string, RegExp])[] = [
  ['POST', /^\/api\/v2\.0\/projects$/],
  ['GET', /^\/api\/v2\.0\/(projects|systeminfo|labels)$/],
  ['GET', /^\/api\/v2\.0\/projects\/[^/]+\/repositories(\/[^/]+\/artifacts)?$/],
  ['DELETE', /^\/api\/v2\.0\/projects\/[^/]+\/repositories\/[^/]+\/artifacts\/[^/]+\/tags\/[^/]+$/],
];

/** Where an OIDC CLI secret is honoured; elsewhere its owner is nobody (T32). */
const cliCounts = (method: string, path: string): boolean =>
  path.startsWith('/v2') ||
  path === '/service/token' ||
  cliPaths.some(([known, pattern]) => known === method && pattern.test(path));

export interface Caller {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** First match wins: bearer token on `/v2`, robot, user, nobody (docs/harbor.md#ways-in). */
export async function identify(context: IdentityContext, caller: Caller): Promise<Identity> {
  const { method, path, authorization: header } = caller;
  const bearer = /^Bearer (.+)$/.exec(header ?? '')?.[1];
  if (bearer !== undefined) {
    const token = path.startsWith('/v2') ? context.desk.tokens.get(bearer) : undefined;
    return token === undefined ? ANONYMOUS : { kind: 'token', token };
  }
  const credentials = parseBasic(header);
  const identity = credentials === undefined ? ANONYMOUS : await login(context, credentials);
  const isCli = identity.kind === 'user' && identity.user.oidcCli;
  return isCli && !cliCounts(method, path) ? ANONYMOUS : identity;
}

export function usernameOf(identity: Identity): string {
  switch (identity.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return identity.user.username;
    case 'robot':
      return identity.robot.name;
    case 'token':
      return identity.token.username;
  }
}

export const isAuthenticated = (identity: Identity): boolean => identity.kind !== 'anonymous';
export const isAdmin = (identity: Identity): boolean =>
  identity.kind === 'user' && identity.user.isAdmin;
