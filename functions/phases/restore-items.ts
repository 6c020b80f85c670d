import { itemsInTrash, itemsOf, type Only, type RestoreItem } from '../apply/restore-item.ts';
import { type Place, trashProjectOf } from '../domain/trash.ts';
import { RetentionError } from '../errors.ts';
import type { ProjectHead, World } from '../ports.ts';
import { isSameHarbor } from './claim.ts';
import { changesOf } from './changes.ts';
import { policyOf } from './policy-of.ts';
import { recordsOf } from '../store/deletion-records.ts';

/** What to put back. */
export interface RestoreRequest {
  /** A run, by its records; or everything that lies in the trash of the policy, where the records are lost. */
  readonly from:
    | { readonly kind: 'run'; readonly runId: string }
    | { readonly kind: 'trash'; readonly project: string };
  readonly only: Only;
  /** References that named nothing yet of all that `only` was asked about. */
  readonly unmatched?: () => readonly string[];
  /** Repositories that `only` names: those with very long names are found in the trash by them. */
  readonly named: readonly Place[];
  /** False: says what would be done. */
  readonly apply: boolean;
  readonly owner: string;
}

/** The trash project of the policy: no file of a run says where a copy lies. @throws RetentionError usage, policy-invalid */
export async function trashOf(world: World): Promise<string | undefined> {
  const source = await world.policy.load().catch((error: unknown) => {
    if (!(error instanceof RetentionError) || error.code !== 'policy-unreadable') throw error;
    throw new RetentionError(
      'usage',
      `A restore needs the policy, which names the trash: ${error.message}`,
      {
        remedy:
          'Name it with --policy FILE. Where it is lost, three lines will do: "version: 1", "trash: { project: NAME, keepFor: 14d }", "rules: []".',
      },
    );
  });
  return trashProjectOf(policyOf(source, world));
}

/** What is known before the first item is looked at. */
export interface RestoreContext {
  readonly harbor: string;
  readonly projects: readonly ProjectHead[];
  readonly trash: string | undefined;
}

export async function itemsFor(
  request: RestoreRequest,
  known: RestoreContext,
  world: World,
): Promise<{ readonly items: readonly RestoreItem[]; readonly disbelieved: readonly string[] }> {
  const { from, only } = request;
  if (from.kind === 'trash')
    return {
      items: await itemsFromTrash(world, { from: from.project, request, known }),
      disbelieved: [],
    };
  const { harbor, trash } = known;
  const trashProject = known.projects.find(({ name }) => name === trash);
  const records = await recordsOf(world.store, {
    runId: from.runId,
    harbor,
    isSame: (address) => isSameHarbor(address, trashProject, world),
  });
  const disbelieved = records.disbelieved.map((action) => action.id);
  return { items: itemsOf(records.believed, { only, trash }), disbelieved };
}

/**
 * The label by which a deployment claims its trash (docs/policy.md#the-trash-project); whoever's it is, the project
 * is a trash.
 */
const claim = 'harbor-retention';

async function itemsFromTrash(
  world: World,
  {
    from,
    request,
    known,
  }: { readonly from: string; readonly request: RestoreRequest; readonly known: RestoreContext },
): Promise<readonly RestoreItem[]> {
  const trash = await claimedTrash(world, from, known);
  const repositories = await world.harbor.listRepositories([trash]);
  const scope = {
    project: trash.name,
    projectId: trash.id,
    repositories,
    withChildren: false,
    confirmUntagged: false,
  };
  const items: RestoreItem[] = [];
  for await (const listing of world.harbor.listArtifacts(scope)) {
    const place = { project: trash.name, repository: listing.head.name };
    items.push(
      ...itemsInTrash({ place, artifacts: listing.artifacts }, request.only, request.named),
    );
  }
  return items;
}

/** The project, if it is the policy's trash and bears the claim of one: any other holds live images. @throws RetentionError usage */
async function claimedTrash(
  world: World,
  name: string,
  { projects, trash }: RestoreContext,
): Promise<ProjectHead> {
  const refuse = (message: string, remedy: string): RetentionError =>
    new RetentionError('usage', message, { remedy });
  if (name !== trash)
    throw refuse(
      `${name} is not the trash of the policy, which is ${trash ?? 'off'}: nothing is touched.`,
      trash === undefined
        ? 'Name a policy whose trash it is (--policy FILE).'
        : `Restore --from-trash ${trash}; or name a policy whose trash is ${name} (--policy FILE).`,
    );
  const project = projects.find((one) => one.name === name);
  if (project === undefined)
    throw refuse(
      `There is no project ${name}, or the robot can't see it.`,
      'Name the trash project of the policy with --from-trash PROJECT.',
    );
  const labels = await changesOf(world).inspector.readProjectLabels(project.id);
  if (labels.some((label) => label.name === claim)) return project;
  throw refuse(
    `Project ${name} does not bear the label ${claim}, by which a deployment claims its trash: nothing is touched.`,
    `If it is a trash, of a version that did not claim it yet: create a project label ${claim} there, or restore by the run's id.`,
  );
}
