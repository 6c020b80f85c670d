import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import { RetentionError } from '../../functions/errors.ts';
import { joinFacts } from '../../functions/inventory/facts-file.ts';
import { savedHeadLine } from '../../functions/inventory/saved-inventory.ts';
import type { RunStore } from '../../functions/ports.ts';
import { loadSurvey } from '../../functions/store/survey-document.ts';

export interface Saving {
  readonly runId: string;
  /** The number of parts in which the facts are stored. */
  readonly parts: number;
  /** Path of the file; compressed if it ends in `.gz`. */
  readonly file: string;
}

/** Keeps what a run read of Harbor in one file, for plans without Harbor. @throws RetentionError usage */
export async function saveInventory(
  store: RunStore,
  { runId, file, parts: count }: Saving,
): Promise<void> {
  const survey = await loadSurvey(store, runId);
  const { takenAt, harbor, projects, replications } = survey.registry;
  const head = savedHeadLine({
    takenAt,
    harbor: { ...harbor },
    projects: projects.map((project) => ({
      ...project,
      immutableRules:
        project.immutableRules === 'unknown' ? 'unknown' : [...project.immutableRules],
    })),
    replications:
      replications === 'unknown'
        ? 'unknown'
        : replications.map((rule) => ({ ...rule, nameFilters: [...rule.nameFilters] })),
  });
  async function* lines(): AsyncGenerator<string> {
    yield `${head}\n`;
    const parts = Array.from({ length: count }, (_, index) =>
      store.readPart(stateKeys(runId).facts(index)),
    );
    for await (const line of joinFacts(parts)) yield `${line}\n`;
  }
  try {
    const target = createWriteStream(file);
    if (file.endsWith('.gz')) await pipeline(lines, createGzip(), target);
    else await pipeline(lines, target);
  } catch (error) {
    if (error instanceof RetentionError) throw error;
    throw new RetentionError('usage', `${file} can't be written.`, {
      cause: error,
      remedy: 'Check the path, its permissions and the free space.',
    });
  }
}
