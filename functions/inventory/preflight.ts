import type { Instant } from '../domain/instant.ts';
import type { PolicyFrame } from '../domain/policy.ts';
import type { ProjectFacts, RegistryFacts } from '../domain/registry.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import type { DigestListReader, HarborReader, InUseSource, ProjectHead } from '../ports.ts';
import { missingRepositories } from './completeness.ts';
import { readInUse } from './in-use.ts';
import { readTrash } from './trash-preflight.ts';

/** All that is known before the first artifact is listed. */
export interface Survey {
  readonly registry: Omit<RegistryFacts, 'pullSignal'>;
  readonly projects: readonly ProjectHead[];
  readonly heads: readonly RepositoryHead[];
  /** The trash project and its repositories; it is no part of the registry that is judged. */
  readonly trash?: { readonly project: ProjectHead; readonly heads: readonly RepositoryHead[] };
  /** Projects whose repositories are not provably all listed, and why: nothing in them is planned. */
  readonly unplannable: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

export interface SurveyTools {
  readonly harbor: HarborReader;
  readonly inUse: readonly InUseSource[];
  readonly readDigestList: DigestListReader;
  /** What this store's claim on the trash reads like; undefined if it has none yet. */
  readonly claimedAs: string | undefined;
}

/**
 * Signs in for certain, then reads what concerns the whole registry. The sign-in is checked again behind the lists:
 * Harbor can turn a good credential anonymous for moments (harbor.md T2), and anonymous lists are short, not refused.
 * @throws RetentionError harbor-…
 */
export async function preflight(
  tools: SurveyTools,
  policy: PolicyFrame,
  takenAt: Instant,
): Promise<Survey> {
  const { harbor } = tools;
  const facts = await harbor.identify();
  const all = await harbor.listProjects();
  const trash = policy.trash === 'off' ? undefined : policy.trash.project;
  const projects = all.filter((project) => project.name !== trash);
  const listed = await harbor.listRepositories(all);
  const heads = listed.filter((head) => head.project !== trash);
  const trashProject = all.find((project) => project.name === trash);
  await harbor.identify();
  const missing = missingRepositories(projects, heads);
  const read = await Promise.all(projects.map((project) => readProject(harbor, project)));
  const replications = await harbor.readReplications();
  const lists = await readHoldLists(tools, policy);
  return {
    registry: {
      takenAt,
      harbor: facts,
      projects: read,
      replications,
      ...(trash === undefined
        ? {}
        : { trash: await readTrash(harbor, all, { name: trash, claimedAs: tools.claimedAs }) }),
      inUse: lists.inUse,
      listedDigests: lists.listedDigests,
    },
    projects,
    heads,
    ...(trashProject === undefined
      ? {}
      : {
          trash: {
            project: trashProject,
            heads: listed.filter((head) => head.project === trash),
          },
        }),
    unplannable: missing,
    warnings: [
      ...Object.entries(missing).map(([on, message]) => incompleteProject(on, message)),
      ...lists.warnings,
      ...(await labelWarnings(harbor, policy, projects)),
    ],
  };
}

/** What is known of a project besides its repositories. */
export async function readProject(
  harbor: HarborReader,
  project: ProjectHead,
): Promise<ProjectFacts> {
  const [immutableRules, harborRetention] = await Promise.all([
    harbor.readImmutableRules(project),
    harbor.readHarborRetention(project),
  ]);
  const { name, id, isPublic, isProxyCache, repositoryCount } = project;
  return { name, id, isPublic, isProxyCache, repositoryCount, immutableRules, harborRetention };
}

/** The lists of policy.md §4: digests, and images that workloads use; with a warning for each that can't be read. */
export async function readHoldLists(
  { inUse, readDigestList }: Pick<SurveyTools, 'inUse' | 'readDigestList'>,
  policy: PolicyFrame,
): Promise<
  Pick<RegistryFacts, 'inUse' | 'listedDigests'> & { readonly warnings: readonly Warning[] }
> {
  const digests = await listedDigests(readDigestList, policy);
  const used = await readInUse(inUse);
  const warnings = [...digests.warnings, ...used.unreadable.map(unreadableSource)];
  return { inUse: used, listedDigests: digests.set, warnings };
}

/** A list that can't be read holds everything: the answer is then 'unknown' (features.md U7). */
async function listedDigests(
  readList: DigestListReader,
  policy: PolicyFrame,
): Promise<{ set: RegistryFacts['listedDigests']; warnings: readonly Warning[] }> {
  const set = new Set(policy.digests);
  const warnings: Warning[] = [];
  for (const source of policy.digestLists) {
    const on = source.kind === 'file' ? source.path : `s3://${source.bucket}/${source.key}`;
    try {
      for (const digest of parseDigestList(await readList(source), on)) set.add(digest);
    } catch (error) {
      if (!(error instanceof RetentionError)) throw error;
      warnings.push({
        code: 'digest-list-unreadable',
        on,
        message: `${error.message} Everything is held until it can be read.`,
        remedy: error.remedy,
      });
    }
  }
  return { set: warnings.length === 0 ? set : 'unknown', warnings };
}

/** One digest per line; blank lines and `#` comments are allowed. @throws RetentionError naming the line */
export function parseDigestList(text: string, name: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') return [];
    if (/^sha256:[0-9a-f]{64}$/.test(entry)) return [entry];
    throw new RetentionError(
      'policy-invalid',
      `${name}, line ${index + 1}: a digest sha256:… of 64 hex digits was expected, not ${JSON.stringify(entry)}.`,
    );
  });
}

/** Harbor shows labels that it failed to read as none: without a second witness a protection by label may not see one. */
async function labelWarnings(
  harbor: HarborReader,
  policy: PolicyFrame,
  projects: readonly ProjectHead[],
): Promise<readonly Warning[]> {
  const project = projects.find(({ name }) => policy.inScope(name));
  if (policy.needs.labels.length === 0 || project === undefined) return [];
  if ((await harbor.confirmsLabels(project)) !== false) return [];
  return [
    {
      code: 'labels-unconfirmed',
      on: 'run',
      message:
        'The policy goes by labels, and the robot may not list labels: an artifact whose labels Harbor fails to show passes for unlabelled.',
      remedy: 'Grant the robot label:list on its projects (docs/robot.md).',
    },
  ];
}

function incompleteProject(on: string, message: string): Warning {
  return {
    code: 'project-incomplete',
    on,
    message,
    remedy:
      'Run again; if it stays, check that the robot may list the repositories of this project.',
  };
}

function unreadableSource(source: { source: string; scope?: string; because: string }): Warning {
  return {
    code: 'in-use-unreadable',
    on: source.source,
    message: `${source.because} ${source.scope === undefined ? 'The whole registry' : source.scope} is held.`,
    remedy: 'Grant the source’s read permissions, or correct its settings.',
  };
}
