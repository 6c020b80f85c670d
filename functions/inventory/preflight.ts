import { bounds } from '../domain/bounds.ts';
import { defined } from '../domain/defined.ts';
import { day } from '../domain/duration.ts';
import { formatInstant, type Instant, type Known } from '../domain/instant.ts';
import type { PolicyFrame } from '../domain/policy.ts';
import type { ProjectFacts, RegistryFacts } from '../domain/registry.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import { trashProjectOf } from '../domain/trash.ts';
import type { Warning } from '../domain/warning.ts';
import type { HarborReader, ProjectHead } from '../ports.ts';
import { missingRepositories, shortList, tooManyRepositories } from './completeness.ts';
import { type ListTools, readHoldLists } from './hold-lists.ts';
import { readTrash } from './trash-preflight.ts';

/** All that is known before the first artifact is listed. */
export interface Survey {
  readonly registry: Omit<RegistryFacts, 'pullSignal'>;
  readonly projects: readonly ProjectHead[];
  readonly heads: readonly RepositoryHead[];
  /** The trash project and its repositories; it is no part of the registry that is judged. */
  readonly trash?: {
    readonly project: ProjectHead;
    readonly heads: readonly RepositoryHead[];
    /** Why not all of its repositories are known to be listed. */
    readonly unlisted?: string;
  };
  /** Projects whose repositories are not provably all listed, and why: nothing in them is planned. */
  readonly unplannable: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

export interface SurveyTools extends ListTools {
  readonly harbor: HarborReader;
  /** What this store's claim on the trash reads like; undefined if it has none yet. */
  readonly claimedAs: string | undefined;
}

/**
 * Signs in for certain, then reads what concerns the whole registry. The sign-in is checked again after the lists:
 * Harbor can turn a good credential anonymous for moments (docs/harbor.md#t2-the-lock-of-a-user), and anonymous lists
 * are short, not refused.
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
  const trash = trashProjectOf(policy);
  const projects = all.filter((project) => project.name !== trash);
  // One more, so that it shows.
  const listed = await harbor.listRepositories(all, (project) =>
    project === trash ? Infinity : bounds.repositories + 1,
  );
  const heads = listed.filter((head) => head.project !== trash);
  const trashProject = all.find((project) => project.name === trash);
  await harbor.identify();
  const missing = { ...missingRepositories(projects, heads), ...tooManyRepositories(heads) };
  const read = await Promise.all(projects.map((project) => readProject(harbor, project)));
  const replications = await harbor.readReplications();
  const expiry = await harbor.readOwnExpiry();
  const lists = await readHoldLists(tools, policy, takenAt);
  return {
    registry: {
      takenAt,
      harbor: facts,
      projects: read,
      replications,
      ...(trash === undefined
        ? {}
        : {
            trash: await readTrash(tools, all, { name: trash, version: facts.version }),
          }),
      inUse: lists.inUse,
      listedDigests: lists.listedDigests,
    },
    projects,
    heads,
    ...trashIn(listed, trashProject),
    unplannable: missing,
    warnings: [
      ...Object.entries(missing).map(([on, message]) => incompleteProject(on, message)),
      ...lists.warnings,
      ...expiryWarnings(expiry, takenAt),
      ...(await labelWarnings(harbor, policy, projects)),
    ],
  };
}

/** The trash as it was listed. */
function trashIn(
  listed: readonly RepositoryHead[],
  project: ProjectHead | undefined,
): Pick<Survey, 'trash'> {
  if (project === undefined) return {};
  const heads = listed.filter((head) => head.project === project.name);
  return { trash: { project, heads, ...defined({ unlisted: shortList(project, heads.length) }) } };
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

/**
 * Harbor shows labels that it failed to read as none: without a second witness a protection by label may not see one.
 */
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
        'The policy uses labels, and the robot may not list labels: an artifact whose labels Harbor fails to show counts as unlabelled.',
      remedy: 'Grant the robot label:list on its projects (docs/robot.md).',
    },
  ];
}

/** Days before its end from which on a robot is spoken of. */
const expiresSoon = 14 * day;

/** Harbor serves an expired robot as anonymous. Whose end can't be seen, is not spoken of. */
function expiryWarnings(expiry: Known<Instant | 'never'>, takenAt: Instant): readonly Warning[] {
  if (expiry === 'unknown' || expiry === 'never' || expiry - takenAt > expiresSoon) return [];
  const days = Math.max(0, Math.floor((expiry - takenAt) / day));
  return [
    {
      code: 'robot-expires',
      on: 'run',
      message: `The robot expires on ${formatInstant(expiry)}, in ${days} ${days === 1 ? 'day' : 'days'}: from then on every run fails with harbor-not-signed-in.`,
      remedy:
        'An administrator of Harbor prolongs the robot, or makes a new one whose secret replaces the old one (docs/robot.md).',
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
