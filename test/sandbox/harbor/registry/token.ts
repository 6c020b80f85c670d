import { createHash } from 'node:crypto';
import type { Answer, Exchange } from '../http.ts';
import { usernameOf } from '../identity.ts';
import { mayInProject } from '../permissions.ts';
import { nextId } from '../state.ts';
import { splitName } from './access.ts';

/** What of the wished actions the caller really has; nobody gets a token too, one that allows little (T1). */
function granted(
  exchange: Exchange,
  scope: string,
): readonly [string, readonly string[]] | undefined {
  const match = /^repository:(.+):([a-z,*]*)$/.exec(scope);
  if (match === null) return undefined;
  const [, name = '', wished = ''] = match;
  const { state } = exchange.services;
  const project = state.projectsByName.get(name.includes('/') ? splitName(name).project : '');
  if (project === undefined) return undefined;
  const actions = wished
    .split(',')
    .filter((action) =>
      mayInProject(state, exchange.identity, { project, resource: 'repository', action }),
    );
  return [name, actions];
}

/** `GET /service/token` */
export function serveToken(exchange: Exchange): Answer {
  const { services } = exchange;
  const scopes = exchange.params.getAll('scope').flatMap((scope) => scope.split(' '));
  const grants = new Map(
    scopes.map((scope) => granted(exchange, scope)).filter((grant) => grant !== undefined),
  );
  const username = usernameOf(exchange.identity);
  const seed = `${username} ${nextId(services.state, 'upload')}`;
  const value = createHash('sha256').update(seed).digest('base64url');
  services.desk.tokens.set(value, { value, username, grants });
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    json: {
      token: value,
      access_token: '',
      expires_in: 1800,
      issued_at: `${new Date(services.state.clock.now()).toISOString().slice(0, 19)}Z`,
    },
  };
}
