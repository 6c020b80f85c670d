import type { Applying, ProjectWork } from './applying.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { isOfHarbor } from './write-result.ts';

/**
 * A project that was pushed to so shortly ago comes last: deletions deadlock with pushes into any of its repositories
 * that use a layer of what is deleted (docs/harbor.md#t49-deadlocks).
 */
const justNow = 10 * 60_000;

/**
 * The work in its order, except that projects that are pushed to come last. Those that can't be asked count as such.
 */
export async function busyLast(
  work: readonly ProjectWork[],
  {
    ports,
    known,
    applying,
  }: {
    readonly ports: ApplyPorts;
    readonly known: ReadonlySet<string>;
    readonly applying: Pick<Applying, 'keys'>;
  },
): Promise<readonly ProjectWork[]> {
  const isOpen = ({ batches }: ProjectWork): boolean =>
    batches.some((batch) => !known.has(applying.keys.record(batch.name)));
  if (work.filter(isOpen).length < 2) return work;
  const quiet: ProjectWork[] = [];
  const busy: ProjectWork[] = [];
  for (const one of work) {
    if (isOpen(one) && (await isBusy(one.project, ports))) busy.push(one);
    else quiet.push(one);
  }
  return [...quiet, ...busy];
}

async function isBusy(project: string, { harbor, clock }: ApplyPorts): Promise<boolean> {
  try {
    return (await harbor.listPushedSince({ project }, clock.now() - justNow)).length > 0;
  } catch (error) {
    if (isOfHarbor(error)) return true;
    throw error;
  }
}
