import { storeIds } from '../store/store-id.ts';
import { memoryKeys } from '../domain/store-keys.ts';
import { type Claim, claimMark, claimOf, claimProblem, claimText } from '../domain/claim.ts';
import { RetentionError } from '../errors.ts';
import type { ApplyPorts } from '../apply/apply-ports.ts';
import type { ProjectHead, RunStore, World } from '../ports.ts';
import { changesOf } from './changes.ts';
import { memoryIn, memoryOf } from '../store/harbor-memory.ts';

/** The mark of the claim's label, by the address at which it was seen. */
const { claim: markKey } = memoryKeys;
/** While a run applies, the claim is looked at again after so long: somebody may remove the label meanwhile. */
const lookEveryMs = 60_000;

/** What this store's claim on a trash reads like; undefined if it has none yet. */
export async function ownClaim(store: RunStore): Promise<string | undefined> {
  const stored = await storeIds.read(store);
  return stored === undefined ? undefined : claimText(store.address, stored.id);
}

/** The same; an id is made if there is none. @throws RetentionError state-invalid */
async function requireClaim({ store, identity }: World): Promise<string> {
  await store.create(storeIds.key(), storeIds.text({ version: 1, id: identity }));
  const own = await ownClaim(store);
  if (own !== undefined) return own;
  throw new RetentionError(
    'state-invalid',
    `${store.address}/${storeIds.key()} holds no id of a store.`,
    {
      remedy:
        'Remove it while no run is going; the label harbor-retention of the trash project must then be removed as well.',
    },
  );
}

/**
 * Keeps a trash project claimed while a run works in it: makes the claim with the first armed run, and looks at it again
 * every minute. Where the label was removed it is made again; of two that make it at once Harbor lets one.
 * @throws RetentionError trash-claimed if another deployment has it; harbor-… if Harbor can't be asked
 */
export function claimKeeper(
  trash: ProjectHead | undefined,
  ports: ApplyPorts,
  world: World,
): () => Promise<void> {
  let lookedAt: number | undefined;
  let looking: Promise<void> | undefined;
  let isMarkKept = false;
  const look = async (project: ProjectHead): Promise<void> => {
    const now = world.stopwatch.elapsed();
    await keepClaim(project, ports, world);
    if (!isMarkKept) await keepMark(project, world);
    isMarkKept = true;
    lookedAt = now;
  };
  return async () => {
    if (trash === undefined) return;
    if (lookedAt !== undefined && world.stopwatch.elapsed() - lookedAt < lookEveryMs) return;
    looking ??= look(trash).finally(() => (looking = undefined));
    await looking;
  };
}

async function keepClaim(project: ProjectHead, ports: ApplyPorts, world: World): Promise<void> {
  const own = await requireClaim(world);
  const now = async (): Promise<Claim> => claimOf(await world.harbor.readClaims(project), own);
  let claim = await now();
  if (claim.kind === 'free') {
    const answer = await ports.harbor.claimProject({ project: project.name, id: project.id }, own);
    // Every other write is refused as well, and the run knows how to wait for that.
    if (answer.kind === 'denied' && answer.by === 'read-only') return;
    claim = await now();
    if (claim.kind === 'free' && 'because' in answer) throw unclaimed(project.name, answer.because);
  }
  const problem =
    claim.kind === 'free'
      ? { found: 'its claim was removed at once', remedy: 'Look who removes the label.' }
      : claimProblem(claim);
  if (problem === undefined) return;
  throw new RetentionError('trash-claimed', `${project.name}: ${problem.found}.`, {
    remedy: problem.remedy,
  });
}

/** So that a restore knows this Harbor again, whatever address it is given (isSameHarbor). */
async function keepMark(project: ProjectHead, world: World): Promise<void> {
  const mark = await markOf(project, world);
  if (mark === undefined) return;
  const memory = await memoryIn(world);
  if ((await memory.read(markKey))?.text !== mark)
    await memory.write(markKey, mark, 'application/json');
}

async function markOf({ id }: ProjectHead, world: World): Promise<string | undefined> {
  const own = await ownClaim(world.store);
  if (own === undefined) return undefined;
  return claimMark(await changesOf(world).inspector.readProjectLabels(id), own);
}

/**
 * Whether the Harbor of this world is the one that records call by another address: its trash bears this store's claim, and
 * that is the very label that was seen at the other address. @throws RetentionError harbor-… if labels can't be read
 */
export async function isSameHarbor(
  address: string,
  trash: ProjectHead | undefined,
  world: World,
): Promise<boolean> {
  const seen = await memoryOf(world.store, address).read(markKey);
  if (seen === undefined || trash === undefined) return false;
  return (await markOf(trash, world)) === seen.text;
}

function unclaimed(project: string, because: string): RetentionError {
  return new RetentionError(
    'trash-claimed',
    `The trash project ${project} could not be claimed, so another deployment may use it: ${because}.`,
    { remedy: 'Grant the robot label:create and label:list on the trash project (docs/robot.md).' },
  );
}
