import { checkCsrf, cookieAnswer } from './cookies.ts';
import { HarborError, badRequest, denied, sessionless } from './errors.ts';
import type { Answer, Exchange } from './http.ts';
import { allFaults } from './fault-registry.ts';
import { halfWay } from './flights.ts';
import { identify } from './identity.ts';
import { createRouter } from './router.ts';
import { serveRegistry } from './registry/registry.ts';
import { serveToken } from './registry/token.ts';
import { artifactWriteRoutes } from './routes/artifact-writes.ts';
import { auditRoutes } from './routes/audit.ts';
import { gcRoutes } from './routes/gc.ts';
import { instanceRoutes } from './routes/instance.ts';
import { replicationRoutes } from './routes/replication.ts';
import { retentionRoutes } from './routes/retentions.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { labelRoutes } from './routes/labels.ts';
import { quotaRoutes } from './routes/quotas.ts';
import { robotRoutes } from './routes/robots.ts';
import { userRoutes } from './routes/users.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { immutableRuleRoutes } from './routes/immutable-rules.ts';
import { projectRoutes } from './routes/projects.ts';
import { repositoryRoutes } from './routes/repositories.ts';
import { systemRoutes } from './routes/system.ts';
import { tagRoutes } from './routes/tags.ts';
import { type Incoming, type Outgoing, errorAnswer } from './server.ts';
import type { Services } from './services.ts';

const api = createRouter('/api/v2.0', [
  ...systemRoutes,
  ...projectRoutes,
  ...repositoryRoutes,
  ...artifactRoutes,
  ...artifactWriteRoutes,
  ...tagRoutes,
  ...labelRoutes,
  ...quotaRoutes,
  ...robotRoutes,
  ...userRoutes,
  ...auditRoutes,
  ...gcRoutes,
  ...instanceRoutes,
  ...replicationRoutes,
  ...retentionRoutes,
  ...webhookRoutes,
  ...immutableRuleRoutes,
]);

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

const READ_ONLY = 'The system is in read only mode. Any modification is prohibited.';

/** The version page, the same in every 2.x. */
const version = (): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  text: '{"version":"v2.0"}\n',
});

function route(exchange: Exchange): Answer | Promise<Answer> {
  const { rawPath, method } = exchange;
  if (rawPath === '/api/version') return version();
  if (rawPath === '/service/token') return serveToken(exchange);
  if (rawPath.startsWith('/v2')) return serveRegistry(exchange);
  const found = api(exchange.services.state.version, method, rawPath);
  return found.handler({ ...exchange, path: found.path });
}

async function answerApi(services: Services, incoming: Incoming): Promise<Answer> {
  const [rawPath = '', query = ''] = incoming.url.split(/\?(.*)/s);
  if (query.includes(';')) throw sessionless(badRequest('invalid semicolon separator in query'));
  services.state.clock.runDue();
  checkCsrf(incoming);
  const context = { state: services.state, desk: services.desk, faults: services.faults };
  const { method } = incoming;
  const identity = await identify(context, {
    method,
    path: rawPath,
    authorization: incoming.headers.authorization,
  });
  const isSwitch = rawPath === '/api/v2.0/configurations';
  if (services.state.configuration.readOnly && !reads.has(incoming.method) && !isSwitch)
    throw sessionless(denied(READ_ONLY));
  if (reads.has(incoming.method)) await halfWay({ services, ...incoming }, 'read');
  return route({
    services,
    method: incoming.method,
    url: incoming.url,
    rawPath,
    params: new URLSearchParams(query),
    headers: incoming.headers,
    body: incoming.body,
    identity,
    path: {},
  });
}

async function answerOrError(services: Services, incoming: Incoming): Promise<Answer> {
  try {
    return await answerApi(services, incoming);
  } catch (error) {
    if (error instanceof HarborError) return errorAnswer(error);
    throw error;
  }
}

/** The request as it is after the faults that strike on the way in, or the answer that one gives in its place. */
async function strikeBefore(services: Services, incoming: Incoming): Promise<Incoming | Outgoing> {
  let current = incoming;
  for (const [name, fault] of allFaults) {
    const strike = fault.before === undefined ? undefined : services.faults.fires(name, incoming);
    if (strike === undefined || fault.before === undefined) continue;
    const changed = await fault.before(current, strike);
    if ('status' in changed) return changed;
    current = changed;
  }
  return current;
}

function strikeAfter(services: Services, incoming: Incoming, answer: Outgoing): Outgoing {
  let current = answer;
  for (const [name, fault] of allFaults) {
    const strike = fault.after === undefined ? undefined : services.faults.fires(name, incoming);
    if (strike !== undefined && fault.after !== undefined) current = fault.after(current, strike);
  }
  return current;
}

async function serve(services: Services, incoming: Incoming): Promise<Outgoing> {
  const answer = await answerOrError(services, incoming);
  const requestId = incoming.headers['x-request-id'];
  const echoed = typeof requestId === 'string' ? requestId : undefined;
  const cookies = answer.sessionless === true ? undefined : cookieAnswer(incoming);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      ...cookies?.headers,
      ...(echoed === undefined ? {} : { 'X-Request-Id': echoed }),
    },
    setCookie: cookies?.setCookie ?? [],
  };
}

/** A request from arrival to answer, faults included. */
export async function dispatch(services: Services, incoming: Incoming): Promise<Outgoing> {
  if (!services.faults.any()) return serve(services, incoming);
  const struck = await strikeBefore(services, incoming);
  if ('status' in struck) return struck;
  return strikeAfter(services, incoming, await serve(services, struck));
}
