import * as z from 'zod';
import type { Path } from './problem.ts';

/** The part of a JSON Schema that says which keys belong where. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Which keys a schema knows at which place. */
export interface SchemaWords {
  readonly keysAt: (path: Path) => readonly string[];
  /** Where else a key would belong, seen from a place: `keep.pushedWithin`; undefined if nowhere near. */
  readonly homeOf: (key: string, path: Path) => string | undefined;
}

/** Reads the keys out of a schema; made when there is something to complain about, not before. */
export function schemaWords(schema: z.ZodType): SchemaWords {
  const root = z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as SchemaNode;
  return {
    keysAt: (path) => Object.keys(propertiesOf(nodesAt(root, path))),
    homeOf: (key, path) => {
      const here = propertiesOf(nodesAt(root, path));
      for (const [name, node] of Object.entries(here)) {
        if (key in propertiesOf([node])) return `${name}.${key}`;
      }
      return key in propertiesOf([root]) && path.length > 0 ? `${key} at the top level` : undefined;
    },
  };
}

function nodesAt(root: SchemaNode, path: Path): readonly SchemaNode[] {
  let nodes = [root];
  for (const step of path) {
    nodes = nodes.flatMap(alternatives).flatMap((node) => {
      const next = typeof step === 'number' ? node.items : node.properties?.[step];
      return next === undefined ? [] : [next];
    });
  }
  return nodes;
}

function propertiesOf(nodes: readonly SchemaNode[]): Readonly<Record<string, SchemaNode>> {
  const all: Record<string, SchemaNode> = {};
  for (const node of nodes.flatMap(alternatives)) Object.assign(all, node.properties);
  return all;
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  return [node, ...(node.anyOf ?? []).flatMap(alternatives)];
}
