import type { Action } from '../domain/action.ts';
import type { PartWriter, World } from '../ports.ts';
import type { PlanDraft } from './plan-draft.ts';

/** Writes the actions of one part of the inventory. */
export interface ActionWriter {
  write(action: Action): Promise<void>;
  close(): Promise<PlanDraft['actions']>;
}

/** A part of actions that exists only if there are any. */
export function actionWriter(world: World, at: string): ActionWriter {
  let writer: PartWriter | undefined;
  return {
    write: async (action) => {
      writer ??= world.store.openPart(at);
      await writer.write(JSON.stringify(action));
    },
    close: async () => {
      if (writer === undefined) return [];
      const { key, lines, sha256 } = await writer.close();
      return [{ key, actions: lines, sha256 }];
    },
  };
}
