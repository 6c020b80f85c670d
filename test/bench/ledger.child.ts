// Adds up what a stored plan frees, where it is known already what every manifest is made of.
import { loadState } from '../../functions/store/run-state-document.ts';
import { memoryOf } from '../../functions/store/harbor-memory.ts';
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemPause, systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import { readFacts } from '../../functions/inventory/facts-file.ts';
import type { HarborReader, ManifestReader, RunStore, World } from '../../functions/ports.ts';
import { keyOf, shareOf } from '../../functions/ledger/manifest.ts';
import { ledgerSections } from '../../functions/store/ledger-section.ts';
import { ledger } from '../../functions/phases/ledger.ts';
import { isPhase } from '../../functions/run.ts';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import type { RunState } from '../../functions/store/run-state.ts';
import { loadSurvey } from '../../functions/store/survey-document.ts';
import { createRandom } from '../sandbox/harbor/index.ts';
import { measure } from './child.ts';
import { examplePolicy, runId, silent, toolsOf } from './run-files.ts';

export interface LedgerInput {
  readonly folder: string;
  readonly policy: string;
  /** Only writes what earlier runs would have read: ten blobs to a manifest, seven of them of one of 500 base images. */
  readonly prepares?: boolean;
}

export type LedgerAnswer = Readonly<Record<string, unknown>> & {
  readonly manifests: number;
  readonly going: number;
  readonly frees: number;
  readonly memoryMegabytes: number;
};

const shares = 32;

const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

function megabytesBelow(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    bytes += statSync(join(folder, name)).size;
  return bytes / 1e6;
}

async function remember(state: RunState, store: RunStore): Promise<void> {
  const { registry } = await loadSurvey(store, runId);
  const memory = memoryOf(store, registry.harbor.url);
  const writers = Array.from({ length: shares }, (_, share) =>
    memory.openPart(`state/blobs/bench/share-${String(share + 1).padStart(3, '0')}.ndjson.gz`),
  );
  let lines = 0;
  for (let part = 0; part < state.parts; part += 1) {
    const key = stateKeys(runId).facts(part);
    for await (const { head, ...facts } of readFacts(store.readPart(key), key)) {
      const random = createRandom(head.id);
      for (const { digest, size } of 'artifacts' in facts ? facts.artifacts : []) {
        const base = Math.floor(random() ** 3 * 500);
        const shared = Array.from({ length: 7 }, (_, layer) => [
          keyOf(digestOf(`base ${base}, layer ${layer}`)),
          Math.floor(size / 20),
        ]);
        const own = Array.from({ length: 2 }, (_, layer) => [
          keyOf(digestOf(`${digest}, layer ${layer}`)),
          Math.floor(size / 4),
        ]);
        const line = [keyOf(digest), 2_000, ...shared.flat(), ...own.flat()];
        await writers[shareOf(keyOf(digest), shares)]?.write(JSON.stringify(line));
        lines += 1;
      }
    }
  }
  for (const writer of writers) await writer.close();
  const probed = `v2.15.2 ${new Date().toISOString().slice(0, 7)}`;
  const index = { version: 1, probed, shares: { by: 'bench', count: shares, lines }, fresh: [] };
  await memory.write('state/blobs/index.json', JSON.stringify(index));
}

await measure(async ({ folder, policy: name, prepares }: LedgerInput): Promise<LedgerAnswer> => {
  const { text, policy } = examplePolicy(name);
  const store = localRunStore(folder);
  const state = await loadState(store, { runId, mode: 'dry-run', owner: 'bench' }, isPhase);
  if (state === undefined || state.ended !== undefined) throw new Error(`no state in ${folder}`);
  const memoryMegabytes = (): number => megabytesBelow(`${folder}/state/harbors`);
  if (prepares === true) {
    await remember(state, store);
    return { manifests: 0, going: 0, frees: 0, memoryMegabytes: memoryMegabytes() };
  }
  const world: World = {
    store,
    harbor: {
      requests: () => ({ sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 }),
    } as Partial<HarborReader> as HarborReader,
    manifests: {
      readBlobs: () => Promise.resolve({ kind: 'gone' }),
    } as Partial<ManifestReader> as ManifestReader,
    identity: 'bench',
    stopwatch: systemStopwatch,
    clock: { now: () => Date.now() },
    telemetry: silent,
    policy: { load: () => Promise.resolve(text) },
    pause: systemPause,
    ledger: { maxRequests: 500 },
    inUse: { kinds: [], open: () => ({ name: 'none', read: () => Promise.reject(new Error()) }) },
    readDigestList: () => Promise.resolve(''),
  };
  const survey = await loadSurvey(store, runId);
  await store.remove(stateKeys(runId).ledger);
  await ledger(state, toolsOf({ policy, survey }, world));
  const found = await ledgerSections.read(store, runId);
  if (found?.kind !== 'figures') throw new Error(JSON.stringify(found));
  return {
    manifests: found.manifests.all,
    going: found.manifests.going,
    frees: found.frees.atMost,
    memoryMegabytes: memoryMegabytes(),
  };
});
