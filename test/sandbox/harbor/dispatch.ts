import { HarborError, badRequest, denied } from './errors.ts';
import type { Answer, Exchange } from './http.ts';
import { identify } from './identity.ts';
import { createRouter } from './router.ts';
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
  ...tagRoutes,
  ...immutableRuleRoutes,
]);

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

async function answerApi(services: Services, incoming: Incoming): Promise<Answer> {
  const [rawPath = '', query = ''] = incoming.url.split(/\?(.*)/s);
  if (query.includes(';')) throw badRequest('invalid semicolon separator in query');
  services.state.clock.runDue();
  const context = { state: services.state, desk: services.desk, faults: services.faults };
  const identity = await identify(context, incoming.headers.authorization, rawPath);
  if (services.state.configuration.readOnly && !reads.has(incoming.method))
    throw denied('The system is in read only mode. Any modification is prohibited.');
  const found = api(incoming.method, rawPath);
  const exchange: Exchange = {
    services,
    method: incoming.method,
    url: incoming.url,
    rawPath,
    params: new URLSearchParams(query),
    headers: incoming.headers,
    body: incoming.body,
    identity,
    path: found.path,
  };
  return found.handler(exchange);
}

/** A request from arrival to answer. */
export async function dispatch(services: Services, incoming: Incoming): Promise<Outgoing> {
  try {
    return await answerApi(services, incoming);
  } catch (error) {
    if (error instanceof HarborError) return errorAnswer(error);
    throw error;
  }
}
