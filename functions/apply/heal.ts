import type { Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';
import type { PushedArtifact, WriteAnswer } from '../ports.ts';
import { type Hands, isOfHarbor, pauseBefore, tries } from './hands.ts';
import { findLostTags, putTagBack } from './heal-tags.ts';

/** What deletions in one project may have done to those who pushed there, and what was done about it. */
export interface Healing {
  readonly version: 1;
  readonly project: string;
  readonly since: Instant;
  /** Manifests that were put again: their blobs are linked to the project for certain. */
  readonly relinked: readonly { readonly repository: string; readonly digest: Digest }[];
  /** Tags that were lost and are back. */
  readonly tags: readonly {
    readonly repository: string;
    readonly tag: string;
    readonly digest: Digest;
  }[];
  /** What could not be healed, each with what to do. */
  readonly problems: readonly HealingProblem[];
}

export interface HealingProblem {
  readonly on: string;
  readonly message: string;
  readonly remedy: string;
}

/** Tags that a run deleted in a project, with their artifact or alone, by repository. */
export type DeletedTags = ReadonlyMap<string, ReadonlySet<string>>;

export interface ToHeal {
  readonly project: string;
  /** Before the first deletion; by our clock, which may be some minutes apart from Harbor's. */
  readonly since: Instant;
  readonly deleted: DeletedTags;
}

/** Clocks further apart refuse the plan; a push may have begun a while before the first deletion. */
const margin = 10 * 60_000;

/**
 * Heals what deletions cut from pushes that overlapped them (harbor.md T40, T47): puts the manifest of everything that
 * was pushed since again by its digest, and creates tags that a push moved and that are gone. Moves no tag, and may be
 * repeated. Never throws for what Harbor answers: what could not be healed is told with the command that does it.
 */
export async function heal(what: ToHeal, hands: Hands): Promise<Healing> {
  const { project, since } = what;
  const begun: Healing = { version: 1, project, since, relinked: [], tags: [], problems: [] };
  try {
    const pushed = await hands.harbor.listPushedSince({ project }, since - margin);
    const links = await relinkAll(project, pushed, hands);
    const tags = await healTags(what, pushed, hands);
    return { ...begun, ...links, tags: tags.tags, problems: [...links.problems, ...tags.problems] };
  } catch (error) {
    const problem = problemOf(error, {
      on: project,
      what: `What was pushed into ${project} during its deletions could not be listed`,
      remedy: 'Push again what was pushed during the run, before the next garbage collection.',
    });
    return { ...begun, problems: [problem] };
  }
}

async function relinkAll(
  project: string,
  pushed: readonly PushedArtifact[],
  hands: Hands,
): Promise<Pick<Healing, 'relinked' | 'problems'>> {
  const relinked: { repository: string; digest: Digest }[] = [];
  const problems: HealingProblem[] = [];
  for (const { repository, digest } of withAccessories(pushed)) {
    const because = await relink({ project, repository, digest }, hands);
    if (because === undefined) relinked.push({ repository, digest });
    else if (because !== 'gone')
      problems.push(notRelinked({ project, repository, digest }, because));
  }
  return { relinked, problems };
}

/** What lists do not show hangs on what they show. */
function withAccessories(
  pushed: readonly PushedArtifact[],
): readonly { readonly repository: string; readonly digest: Digest }[] {
  const all = pushed.flatMap(({ repository, artifact }) => [
    { repository, digest: artifact.digest },
    ...(artifact.accessories === 'unknown' ? [] : artifact.accessories).map(({ digest }) => ({
      repository,
      digest,
    })),
  ]);
  return [...new Map(all.map((one) => [`${one.repository}@${one.digest}`, one])).values()];
}

interface Target {
  readonly project: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** Undefined if it is done, `gone` if there is nothing to do any more, else why it could not be done. */
async function relink(target: Target, hands: Hands): Promise<string | undefined> {
  try {
    const manifest = await hands.harbor.readManifest(target, target.digest);
    if (manifest === undefined) return 'gone';
    let answer: WriteAnswer = { kind: 'lost', because: 'not sent' };
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      if (attempt > 1) await hands.pause(pauseBefore(attempt));
      answer = await hands.harbor.putManifest(target, manifest);
      if (answer.kind === 'done') return undefined;
      if (answer.kind !== 'lost' && answer.kind !== 'rolled-back') break;
    }
    return 'because' in answer ? answer.because : answer.kind;
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return `${error.message} ${error.remedy}`;
  }
}

function notRelinked(target: Target, because: string): HealingProblem {
  const { project, repository, digest } = target;
  const curl = 'curl -sf -u "$HARBOR_USER:$HARBOR_PASSWORD"';
  const url = `"$HARBOR_URL/v2/${project}/${repository}/manifests/${digest}"`;
  const types = ['oci.image.manifest.v1', 'oci.image.index.v1']
    .map((type) => `application/vnd.${type}+json`)
    .concat(
      ['manifest', 'manifest.list'].map(
        (type) => `application/vnd.docker.distribution.${type}.v2+json`,
      ),
    );
  return {
    on: `${project}/${repository}@${digest}`,
    message: `It was pushed while this run deleted in ${project}, and may have lost links to layers that the next garbage collection then takes. Its manifest could not be put again: ${because}`,
    remedy: `Grant the robot repository:pull and repository:push there; and before the next garbage collection: ${curl} -A harbor-registry-client -H 'Accept: ${types.join(', ')}' -D head.txt -o manifest.json ${url} && ${curl} -X PUT -H "$(grep -i ^content-type: head.txt | tr -d '\\r')" --data-binary @manifest.json ${url}`,
  };
}

async function healTags(
  what: ToHeal,
  pushed: readonly PushedArtifact[],
  hands: Hands,
): Promise<Pick<Healing, 'tags' | 'problems'>> {
  const tags: Healing['tags'][number][] = [];
  const problems: HealingProblem[] = [];
  const repositories = new Set(pushed.map((one) => one.repository));
  for (const [repository, names] of what.deleted) {
    if (!repositories.has(repository)) continue;
    const place = { project: what.project, repository };
    const own = pushed.flatMap((one) => (one.repository === repository ? [one.artifact] : []));
    try {
      const lost = await findLostTags(place, { names, pushed: own }, hands);
      if (lost.kind === 'none') continue;
      const problem = lost.kind === 'unclear' ? lost.problem : await putTagBack(place, lost, hands);
      if (problem !== undefined) problems.push(problem);
      else if (lost.kind === 'clear') tags.push({ repository, tag: lost.tag, digest: lost.digest });
    } catch (error) {
      problems.push(
        problemOf(error, {
          on: `${place.project}/${repository}`,
          what: 'Whether a push lost a tag to this run’s deletions could not be looked up',
          remedy: 'Look whether the tags that were pushed during the run are there.',
        }),
      );
    }
  }
  return { tags, problems };
}

/** An expected failure as a problem. @throws what is a fault of ours */
function problemOf(
  error: unknown,
  { on, what, remedy }: { readonly on: string; readonly what: string; readonly remedy: string },
): HealingProblem {
  if (!isOfHarbor(error)) throw error;
  return { on, message: `${what}: ${error.message}`, remedy: `${error.remedy} ${remedy}` };
}
