import { HarborError, notFound } from './errors.ts';
import type { Handler } from './http.ts';
import { type Version, since } from './version.ts';

/** `['GET', '/projects/{project}', handler]`, below `/api/v2.0`; with the minor version it came with. */
export type Route = readonly [method: string, pattern: string, handler: Handler, since?: number];

export interface Found {
  readonly handler: Handler;
  readonly path: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  readonly handlers: Map<string, Entry>;
}

interface Entry {
  readonly handler: Handler;
  readonly names: readonly string[];
  readonly since: number;
}

const createNode = (): Node => ({ literals: new Map(), parameter: undefined, handlers: new Map() });

export type Router = (version: Version, method: string, rawPath: string) => Found;

function insert(root: Node, [method, pattern, handler, cameWith = 0]: Route): void {
  const names: string[] = [];
  let node = root;
  for (const segment of pattern.split('/').slice(1)) {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name !== undefined) {
      names.push(name);
      node.parameter ??= createNode();
      node = node.parameter;
    } else {
      const next = node.literals.get(segment) ?? createNode();
      node.literals.set(segment, next);
      node = next;
    }
  }
  node.handlers.set(method, { handler, names, since: cameWith });
}

function walk(
  node: Node,
  segments: readonly string[],
  values: readonly string[],
): { node: Node; values: readonly string[] } | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.handlers.size > 0 ? { node, values } : undefined;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : walk(literal, rest, values);
  if (found !== undefined) return found;
  return node.parameter === undefined || segment === ''
    ? undefined
    : walk(node.parameter, rest, [...values, segment]);
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** @throws HarborError 404 for an unknown path, 405 for an unknown method, in the words of Harbor's router */
export function createRouter(prefix: string, routes: readonly Route[]): Router {
  const root = createNode();
  for (const route of routes) insert(root, route);
  return (version, method, rawPath) => {
    const path = rawPath.replaceAll(/\/{2,}/g, '/');
    const missing = notFound(`path ${path} was not found`);
    if (!path.startsWith(prefix)) throw missing;
    const found = walk(root, path.slice(prefix.length).replace(/\/$/, '').split('/').slice(1), []);
    if (found === undefined) throw missing;
    const entry = found.node.handlers.get(method);
    if (entry === undefined) {
      const known = [...found.node.handlers.keys()].join(',');
      throw new HarborError(405, 'METHOD_NOT_ALLOWED', {
        message: `method ${method} is not allowed, but [${known}] are`,
      });
    }
    if (!since(version, entry.since)) throw missing;
    const values = found.values.map(decode);
    return {
      handler: entry.handler,
      path: Object.fromEntries(entry.names.map((name, index) => [name, values[index] ?? ''])),
    };
  };
}
