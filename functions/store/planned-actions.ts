import * as z from 'zod';
import type { Action } from '../domain/action.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { ActionPart } from '../domain/plan.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';
import { lineOf, linesOf, withFields } from './document.ts';

/** An action, as a line of a plan's part or of an intent. */
export const storedAction = withFields<Action>()({ id: z.string(), kind: z.string() });

/** The actions of a part, one after the other. @throws RetentionError state-invalid */
export const plannedIn = (store: RunStore, key: string): AsyncIterable<Action> =>
  linesOf(store, key, storedAction);

/** The actions as they were planned. @throws RetentionError state-invalid if they were changed since */
export async function actionsOf(part: ActionPart, store: RunStore): Promise<readonly Action[]> {
  const lines: string[] = [];
  for await (const line of store.readPart(part.key)) lines.push(line);
  const sha256 = sha256Hex(lines.map((line) => `${line}\n`).join(''));
  const where = `${store.address}/${part.key}`;
  if (sha256 === part.sha256 && lines.length === part.actions)
    return lines.map((line) => lineOf(line, storedAction, where));
  throw new RetentionError(
    'state-invalid',
    `${where} was changed after the plan was made: nothing of it is done.`,
  );
}
