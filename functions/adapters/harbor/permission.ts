import { wireErrors } from './wire.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const repository = String.raw`/projects/[^/]+/repositories/[^/?]+`;

/**
 * Which permission Harbor asks for at which address (docs/robot.md#why-each-and-what-happens-without); the first that
 * fits counts.
 */
const needs: readonly (readonly [Method, RegExp, string])[] = [
  ['POST', new RegExp(`${repository}/artifacts/[^/?]+/tags`), 'tag:create'],
  ['DELETE', new RegExp(`${repository}/artifacts/[^/?]+/tags/`), 'tag:delete'],
  ['POST', new RegExp(`${repository}/artifacts/[^/?]+/labels`), 'artifact-label:create'],
  ['POST', new RegExp(`${repository}/artifacts(?:\\?|$)`), 'artifact:create'],
  ['GET', new RegExp(`${repository}/artifacts/[^/?]+`), 'artifact:read'],
  ['DELETE', new RegExp(`${repository}/artifacts/[^/?]+`), 'artifact:delete'],
  ['GET', /\/artifacts(?:\?|$)/, 'artifact:list'],
  ['GET', new RegExp(`${repository}(?:\\?|$)`), 'repository:read'],
  ['DELETE', new RegExp(`${repository}(?:\\?|$)`), 'repository:delete'],
  ['GET', /\/projects\/[^/]+\/repositories(?:\?|$)/, 'repository:list'],
  ['GET', /\/immutabletagrules/, 'immutable-tag:list'],
  ['GET', /\/auditlog-exts/, 'log:list'],
  ['GET', /\/retentions\//, 'tag-retention:read'],
  ['GET', /\/labels/, 'label:list'],
  ['POST', /\/labels/, 'label:create'],
  ['GET', /\/quotas/, 'quota:list'],
  ['GET', /\/robots/, 'robot:list'],
  ['GET', /\/replication\/policies/, 'replication-policy:list'],
  ['GET', /\/system\/gc\/\d/, 'garbage-collection:read'],
  ['GET', /\/system\/gc/, 'garbage-collection:list'],
  ['POST', /\/system\/gc/, 'garbage-collection:create'],
  ['GET', /^\/v2\//, 'repository:pull'],
  ['PUT', /^\/v2\//, 'repository:push'],
];

const onSystem = /^(?:quota|robot|replication-policy|garbage-collection):/;

/**
 * Which permission is missing, and where, for a request that Harbor refused with 403: `artifact:create on project
 * retention-trash`. Undefined where the address does not show it. Pure.
 */
export function missingPermission(method: Method, path: string): string | undefined {
  const found = needs.find(([verb, address]) => verb === method && address.test(path))?.[2];
  if (found === undefined) return undefined;
  if (onSystem.test(found)) return `${found} on the system`;
  const project = /^\/(?:api\/v2\.0\/projects|v2)\/([^/?]+)/.exec(path)?.[1];
  const id = /[?&]project_id=(\d+)/.exec(path)?.[1];
  const where = project === undefined ? undefined : `project ${decodeURIComponent(project)}`;
  const name = where ?? (id === undefined ? 'its project' : `the project with id ${id}`);
  const source = method === 'POST' ? /[?&]from=([^&]+)/.exec(path)?.[1] : undefined;
  if (source === undefined) return `${found} on ${name}`;
  // Copying asks for both.
  const from = decodeURIComponent(source).split('/')[0] ?? '';
  return `${found} on ${name}, or artifact:read on project ${from}`;
}

/** The missing permission as a sentence that follows others. Empty if it is not known, or if a proxy answered. */
export function lackOf(method: Method, path: string, text: string): string {
  const missing = wireErrors.safeParse(jsonOrNothing(text)).success
    ? missingPermission(method, path)
    : undefined;
  return missing === undefined ? '' : ` The robot lacks ${missing}.`;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
