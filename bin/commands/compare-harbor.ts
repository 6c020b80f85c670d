import { Option } from 'commander';
import { RetentionError } from '../../functions/errors.ts';
import type {
  ConnectedHarbor,
  HarborRetentionPort,
  RetentionExecution,
  RetentionTask,
  World,
} from '../../functions/ports.ts';
import { comparisonText, sumOf } from '../../functions/report/compare-harbor-text.ts';
import { compareWithHarbor, type HarborExecution } from '../../functions/report/compare-harbor.ts';
import { harborVerdicts } from '../../functions/report/harbor-verdicts.ts';
import { visible } from '../../functions/report/html/visible.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import { type CommandContext, withWorld, type WorldFlags } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { realHarbor } from '../local-world.ts';
import { freeRunId } from '../next-run-id.ts';
import { connectionOptions, json, out, policy } from '../options.ts';
import { runToEnd } from '../run-to-end.ts';
import { reportOfRun, rowsOf } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';

interface CompareFlags {
  readonly json: boolean;
  readonly start: boolean;
}

export function addCompareHarbor(context: CommandContext): void {
  const { program, terminal, environment, mask, ending } = context;
  const command = program
    .command('compare-harbor')
    .description('a plan beside the newest execution of Harbor’s own retention in a project')
    .argument('<project>', 'the project')
    .addOption(policy())
    .addOption(
      new Option(
        '--start',
        'start a dry run of Harbor’s own retention first: the only request that is not a read',
      ).default(false),
    );
  for (const option of [...connectionOptions(), out(), json()]) command.addOption(option);
  command.action((project: string, flags: CompareFlags & WorldFlags) => {
    const placed = { ...flags, out: `${(flags.out ?? '').replace(/\/$/, '')}/compare-harbor` };
    return ending(
      withWorld(placed, { environment, terminal, mask }, async (world, quiet) => {
        const harbor = await realHarbor(flags, environment, mask);
        return await compareHarbor(project, { world, harbor, flags }, quiet);
      }),
    );
  });
}

/**
 * `compare-harbor PROJECT`: every artifact by the cause for which plan and Harbor's own retention differ. The plan judges
 * as if it were the moment at which Harbor's execution began. Exit code 6 if the plan deletes what Harbor keeps.
 * @throws RetentionError usage, harbor-…
 */
export async function compareHarbor(
  name: string,
  {
    world,
    harbor,
    flags,
  }: { readonly world: World; readonly harbor: ConnectedHarbor; readonly flags: CompareFlags },
  terminal: Terminal,
): Promise<number> {
  await harbor.reader.identify();
  const project = (await harbor.reader.listProjects()).find((one) => one.name === name);
  if (project === undefined)
    throw new RetentionError('usage', `There is no project ${name} that this account can see.`, {
      remedy: 'Check the name, and the permissions of the robot.',
    });
  const policyId = project.retentionId;
  if (policyId === undefined)
    throw new RetentionError('usage', `Project ${name} has no retention policy in Harbor.`, {
      remedy: 'There is nothing to compare with.',
    });
  const looking = { retention: harbor.retention, policyId, world, name };
  const execution = await executionOf(looking, flags, terminal);
  const verdicts = await verdictsOf(looking, execution);
  const startedAt = Date.parse(execution.startedAt);
  const rows = await plannedRows(world, name, startedAt);
  const compared = compareWithHarbor(rows, verdicts, startedAt);
  const isDry = execution.isDryRun ? 'dry run' : 'real run';
  const head = `Project ${name}: the plan of this policy beside execution ${execution.id} of Harbor’s own retention, a ${isDry} of ${execution.startedAt}, judged as if it were that moment.`;
  if (flags.json)
    terminal.out(`${JSON.stringify({ project: name, execution, ...compared }, undefined, 2)}\n`);
  else terminal.out(visibleLines(`${head}\n\n${comparisonText(compared)}`));
  return sumOf(compared.causes, 'taken-here') > 0 ? exitCodes.condemnsMore : exitCodes.ok;
}

const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n');

interface Looking {
  readonly retention: HarborRetentionPort;
  readonly policyId: string;
  readonly world: World;
  readonly name: string;
}

/** Versions up to 2.1 write the later words. */
const ended: ReadonlySet<string> = new Set(['Success', 'Error', 'Stopped', 'Succeed', 'Failed']);

async function executionOf(
  looking: Looking,
  { start }: CompareFlags,
  terminal: Terminal,
): Promise<RetentionExecution> {
  const { retention, policyId, name } = looking;
  if (start) {
    const id = await retention.startDryRun(policyId);
    terminal.err(
      `Started a dry run of Harbor’s own retention in ${name}, execution ${id}. It was the only request of this command that is not a read, and it deletes nothing.\n`,
    );
    return await whenEnded(looking, id);
  }
  const newest = await retention.newestExecution(policyId);
  if (newest === undefined)
    throw new RetentionError('usage', `Harbor’s own retention never ran in project ${name}.`, {
      remedy: 'Start a dry run of it with --start, which deletes nothing.',
    });
  return ended.has(newest.status) ? newest : await whenEnded(looking, newest.id);
}

const pauseMs = 5_000;
const mostLooks = 720;

/** An execution says that it has ended up to half a minute after its last task (docs/harbor.md#harbors-own-retention). */
async function whenEnded(
  { retention, policyId, world }: Looking,
  id: number,
): Promise<RetentionExecution> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const newest = await retention.newestExecution(policyId);
    if (newest?.id === id && ended.has(newest.status)) return newest;
    if (newest !== undefined && newest.id > id)
      throw new RetentionError('usage', `Execution ${newest.id} has begun after execution ${id}.`, {
        remedy:
          'Somebody else started Harbor’s retention as well: compare once more without --start.',
      });
    const what = `for execution ${id} of Harbor’s own retention`;
    world.telemetry.progress({ phase: 'wait', done: 0, of: undefined, what });
    await world.pause(pauseMs);
  }
  throw new RetentionError('harbor-unreachable', `Execution ${id} has not ended within an hour.`, {
    remedy: 'Compare without --start once it has ended.',
  });
}

async function verdictsOf(
  { retention, policyId, world }: Looking,
  { id }: RetentionExecution,
): Promise<HarborExecution> {
  const tasks = await retention.listTasks(policyId, id);
  const found = new Map<string, ReturnType<typeof harborVerdicts>>();
  for (const [index, task] of tasks.entries()) {
    const what = 'logs of Harbor’s own retention';
    world.telemetry.progress({ phase: 'inventory', done: index, of: tasks.length, what });
    found.set(task.repository, await verdictsIn(task, { retention, policyId, executionId: id }));
  }
  return found;
}

async function verdictsIn(
  { id: taskId, status, total }: RetentionTask,
  {
    retention,
    policyId,
    executionId,
  }: Pick<Looking, 'retention' | 'policyId'> & { readonly executionId: number },
): Promise<ReturnType<typeof harborVerdicts>> {
  if (status !== 'Success' && status !== 'Succeed') return undefined;
  const verdicts = harborVerdicts(await retention.readLog(policyId, { executionId, taskId }));
  // A log that was cut off would make the rest look as if it had been pushed since.
  return verdicts?.length === total ? verdicts : undefined;
}

/** The rows of a dry run in the project, judged as if it were the moment of Harbor's execution. */
async function plannedRows(
  world: World,
  project: string,
  judgeAt: number,
): Promise<readonly ReportRow[]> {
  const runId = await freeRunId(world);
  const owner = `terminal ${world.identity}`;
  const whole = { wholePolicy: true, fresh: true } as const;
  await runToEnd(world, { runId, mode: 'dry-run', owner, judgeAt, ...whole });
  const rows: ReportRow[] = [];
  for await (const row of rowsOf(world.store, await reportOfRun(world.store, runId)))
    if (row.project === project) rows.push(row);
  return rows;
}
