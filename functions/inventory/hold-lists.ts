import {
  type ImageList,
  listedImages,
  type Mirrors,
  readEntry,
  readImageList,
} from '../domain/image-list.ts';
import type { Instant } from '../domain/instant.ts';
import type { DigestListSource, PolicyFrame } from '../domain/policy.ts';
import type { InUseFacts, RegistryFacts } from '../domain/registry.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import type { DigestListReader, InUseSource } from '../ports.ts';
import { whyOld } from './freshness.ts';
import { readInUse } from './in-use.ts';

/** Who is asked for lists. */
export interface ListTools {
  readonly inUse: readonly InUseSource[];
  readonly readDigestList: DigestListReader;
}

/** What lists hold, with a warning for each that is not known. */
export interface HoldLists extends Pick<RegistryFacts, 'inUse' | 'listedDigests'> {
  readonly warnings: readonly Warning[];
}

/** Reads the lists of docs/policy.md#lists: digests, and images that workloads use. Their age is measured from `now`. */
export async function readHoldLists(
  { inUse, readDigestList }: ListTools,
  policy: PolicyFrame,
  now: Instant,
): Promise<HoldLists> {
  const digests = await listedDigests(readDigestList, policy, now);
  const used = await readInUse(inUse, now);
  const warnings = [
    ...digests.warnings,
    ...used.facts.unreadable.map(unreadableSource),
    ...used.warnings,
  ];
  return { inUse: used.facts, listedDigests: digests.listed, warnings };
}

/** A list that can't be read holds everything: the answer is then 'unknown' (docs/policy.md#lists). */
async function listedDigests(
  readList: DigestListReader,
  policy: PolicyFrame,
  now: Instant,
): Promise<{ listed: RegistryFacts['listedDigests']; warnings: readonly Warning[] }> {
  const entries = policy.digests.flatMap((written) => {
    const entry = readEntry(written, policy.mirrors);
    return 'problem' in entry ? [] : [entry];
  });
  const warnings: Warning[] = [];
  for (const source of policy.digestLists) {
    const on = source.kind === 'file' ? source.path : `s3://${source.bucket}/${source.key}`;
    const list = await readDigestList(readList, { source, mirrors: policy.mirrors, now });
    if (list.ok) entries.push(...list.entries);
    else {
      const message = `The list of digests is not known: ${list.because} Everything is held until it is.`;
      warnings.push({ code: 'digest-list-unreadable', on, message, remedy: list.remedy });
    }
  }
  return { listed: warnings.length === 0 ? listedImages(entries) : 'unknown', warnings };
}

async function readDigestList(
  readList: DigestListReader,
  given: { readonly source: DigestListSource; readonly mirrors: Mirrors; readonly now: Instant },
): Promise<ImageList> {
  const { source, mirrors, now } = given;
  try {
    const read = await readList(source);
    const { text, modifiedAt } =
      typeof read === 'string' ? { text: read, modifiedAt: 'unknown' as const } : read;
    const list = readImageList(text, mirrors);
    if (!list.ok) return list;
    const writtenAt = list.writtenAt === 'unknown' ? modifiedAt : list.writtenAt;
    const old = whyOld({ writtenAt }, source.freshWithin, now);
    return old === undefined ? list : { ok: false, ...old };
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    return { ok: false, because: error.message, remedy: error.remedy };
  }
}

function unreadableSource({
  source,
  scope,
  because,
  remedy,
}: InUseFacts['unreadable'][number]): Warning {
  return {
    code: 'in-use-unreadable',
    on: source,
    message: `What is in use is not known: ${because} ${scope ?? 'The whole registry'} is held.`,
    remedy: remedy ?? 'See why the source does not answer.',
  };
}
