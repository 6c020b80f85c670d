import type { Healing, HealingSoFar, ToHeal } from '../domain/healing.ts';
import type { Budget, PushedArtifact } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { isOfHarbor } from './write-result.ts';
import { healTags } from './heal-tags.ts';
import { notRelinked, relink, type Target } from './relink.ts';

/** Time and memory of a healing. */
export interface Healer {
  readonly ports: ApplyPorts;
  readonly budget: Budget;
  readonly soFar: HealingSoFar | undefined;
  readonly save: (soFar: HealingSoFar) => Promise<void>;
}

/** Clocks further apart refuse the plan; a push may have begun a while before the first deletion. */
export const margin = 10 * 60_000;

/** The number of artifacts that are put again before the progress is stored once more. */
const saveEvery = 20;

/**
 * Heals what deletions cut from pushes that overlapped them (docs/harbor.md#t40-layers-that-get-lost, T47): puts the
 * manifest of everything that was pushed in their time again by its digest, and creates tags of which Harbor's audit
 * log proves that such a push named them (T50). Moves no tag, and may be repeated. Never throws for what Harbor
 * answers: what could not be healed is reported with the command that does it. 'out-of-time': what was done is saved, and
 * the next call continues it.
 */
export async function heal(what: ToHeal, healer: Healer): Promise<Healing | 'out-of-time'> {
  const { project, since, until } = what;
  const { ports } = healer;
  const begun: Healing = { version: 1, project, since, relinked: [], tags: [], problems: [] };
  try {
    const span = { since: since - margin, until: until + margin };
    const pushed = await ports.harbor.listPushedSince({ project }, span.since, span.until);
    const links = await relinkAll(project, pushed, healer);
    if (links === 'out-of-time') return links;
    const log = await ports.harbor.readLog(project, span);
    const { tags, told } = await healTags(what, { pushed, log }, ports);
    // Before 2.13 there is no such log: said where there may have been something to find.
    const logUnread = log === 'unknown' || (log === 'unsupported' && pushed.length > 0);
    return {
      ...begun,
      ...links,
      tags,
      ...(told.length === 0 ? {} : { told }),
      ...(logUnread ? { logUnread } : {}),
    };
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    const message = `What was pushed into ${project} during its deletions could not be listed: ${error.message}`;
    const remedy = `${error.remedy} Push again what was pushed during the run, before the next garbage collection.`;
    return { ...begun, problems: [{ on: project, message, remedy }] };
  }
}

/** In the order of row ids, so that the next slice knows where to continue. */
async function relinkAll(
  project: string,
  pushed: readonly PushedArtifact[],
  { ports, budget, soFar, save }: Healer,
): Promise<Pick<Healing, 'relinked' | 'problems'> | 'out-of-time'> {
  const relinked = [...(soFar?.relinked ?? [])];
  const problems = [...(soFar?.problems ?? [])];
  let lastId = soFar?.lastId ?? 0;
  let unsaved = 0;
  for (const one of pushed.toSorted((a, b) => a.artifact.id - b.artifact.id)) {
    if (one.artifact.id <= lastId) continue;
    if (!budget.hasTime()) {
      await save({ lastId, relinked, problems });
      return 'out-of-time';
    }
    for (const target of withAccessories(project, one)) {
      const because = await relink(target, ports);
      const { repository, digest } = target;
      if (because === undefined) relinked.push({ repository, digest });
      else if (because !== 'gone') problems.push(notRelinked(target, because));
    }
    lastId = one.artifact.id;
    unsaved += 1;
    if (unsaved % saveEvery === 0) await save({ lastId, relinked, problems });
  }
  return { relinked, problems };
}

/** Lists do not show accessories; they are found through the artifacts that they belong to. */
function withAccessories(project: string, { repository, artifact }: PushedArtifact): Target[] {
  const accessories = artifact.accessories === 'unknown' ? [] : artifact.accessories;
  const digests = new Set([artifact.digest, ...accessories.map(({ digest }) => digest)]);
  return [...digests].map((digest) => ({ project, repository, digest }));
}
