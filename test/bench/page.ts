import { type Line, machine, short, table } from './table.ts';
import { costTable, priceTable, type WholeRun, wholeTable } from './whole-runs.ts';

export interface Findings {
  readonly lines: readonly Line[];
  readonly runs: readonly WholeRun[];
  readonly reuse: string;
  readonly deletions: string;
  readonly pace: string;
  readonly bundle: string;
  readonly profile: string;
  /** Only where it was asked for. */
  readonly killed?: string;
  readonly startSeconds: number;
  readonly minutes: number;
}

const parts = (found: Findings): readonly string[] => [
  '# Benchmarks',
  `\`npm run bench -- --full\` on ${machine()}, in ${short(found.minutes)} minutes. Figures move by a fifth from run to run; growth and ratios are what to look at. Nothing here is asserted by a test. What can't be run here is simulated: docs/scale.md.`,
  '## Reading, judging, reporting',
  table(found.lines),
  `\`npm start\`, from the command to the summary: ${short(found.startSeconds)} s.`,
  aboutLines,
  '## Before and after',
  aboutChanges,
  '## Where the time goes',
  found.profile,
  aboutProfile,
  '## Whole runs in a function of 512 MiB',
  `A dry run by the engine's own slices, \`examples/policy.yaml\`, inventory to page; the heap is limited as the stack limits it. Facts are made up as they are asked for, so that neither Harbor nor the network takes time. PUT, GET and LIST are what S3 would be asked.`,
  wholeTable(found.runs),
  found.reuse,
  '## What a month costs',
  `Daily dry runs in a function of 1,024 MiB, in US dollars, in the twelfth month: reports are kept for ever, facts for 30 days. Reading takes 45 ms a page and two readers, as beside a real Harbor of 2 cores; the rest is CPU as above, on 0.58 of a processor. A step and a wait for each slice are durable operations; a run may have 3,000.`,
  costTable(found.runs),
  priceTable(),
  '## Changing',
  found.deletions,
  `The embedded Harbor takes as long as a real one: 5 ms to read, 55 ms to copy, 10 ms to delete. A bare loop copies, renames and deletes, and looks at nothing; we read every artifact and its copy again directly before it goes.`,
  found.pace,
  ...(found.killed === undefined ? [] : ['## Killed', aboutKilled, codeBlock(found.killed)]),
  '## The bundle',
  found.bundle,
];

const aboutLines = `- **CPU** is user and system time of all threads, compression and garbage collection included. **Peak** is the largest resident memory of the process (Node itself: some 45 MiB), without a limit on its heap: Node collects late where there is room.
- **Growth**: the same at a tenth of the size; 1.00 is linear, n log n would be about 1.1 between these sizes.
- **history** is \`../shared/history\` replayed into an embedded Harbor in another process, in 12 projects; a tenth of it are whole repositories. *By pulls*: a policy with pull conditions also searches for the children of indexes that were pulled. The lower bound is what the report states: full pages of 100 per project, and what must be read once.
- **generated**: parts of facts in a folder, as a run stores them, judged and reported by a run's own steps (\`examples/policy.yaml\`; with \`oldestFirst\`, \`examples/years-of-arrears.yaml\`, which judges everything twice). Both judge everything twice more, for the look ahead, and write a page. Aim: a million within 512 MiB and two minutes of CPU.
- **ms a page**: 10,000 single-platform images in one repository, each list delayed: by 45 ms, what a page of 100 took when a real Harbor 2.15.2 with 2 cores was read whole in this way, and by 63 ms, the slowest page that was seen there. On the same server Harbor's own dry run, which reads pages of 10, took 32 s for as many. Pages of one repository are read one after the other, so that no delay is hidden; what the embedded Harbor itself takes counts against us.
- **dry run, 50 to 200 ms a page**: what \`npm run bench:harbor\` measures on any Harbor, here on an embedded one whose small reads take 5 ms and whose pages differ as much as a real one's do: a whole dry run of one project of 50 repositories, every eighth push an index of two platforms.
- **verdicts alone**: \`judgeRepository\` under \`examples/policy.yaml\`, best of five rounds, beside a loop that sorts each repository by push time and keeps ten.`;

const aboutProfile = `Shares of the main thread, by the function that was running, sampled; gzip itself runs beside it. What was done about the largest, on 100,000 generated artifacts, medians of alternating processes:

- *Judging three times* (the look ahead): what time does not change (who refers to whom, times, which rule selects what) is found out once, and the two later judgements make no actions and no sums. CPU 0.93 of before.
- *re2js*: answers are remembered; a tag is asked for by several rules, in three judgements, and many repositories have the same tags. With the former 0.87 of before.
- *Garbage collection*: a young generation of 4, 16 or 32 MiB instead of 8 brought nothing but memory. Left.
- *gzip*: level 4 instead of 6 saves 6 % of CPU and costs 4 % more bytes, which are kept for ever. Left.
- A *cold start*: 0.81 of the CPU, by not loading undici and ICU (below).`;

const aboutChanges = `Three changes of November 2026, each as a ratio: the command line's \`plan\` on one embedded Harbor without delays, in turn with the version before (three pairs each, medians; the machine was busy). The registry has the shape of a real one that was measured: 53,847 indexes of four children in 55 repositories, a fifth of them old.

|  | before | after | after / before |
| --- | --: | --: | --: |
| requests, \`pushedWithin: 30d\` | 1,629 | 991 | 0.61 |
| requests, \`pulledWithin: 30d\` | 2,704 | 1,076 | 0.40 |
| requests by pulls, for each by pushes | 1.66 | 1.09 |  |
| requests, history, by pushes | 4,455 | 3,373 | 0.76 |
| requests, history, by pulls | 3,838 | 3,787 | 0.99 |
| peak MiB, by pushes | 613 | 338 | 0.55 |
| peak MiB, by pulls | 931 | 337 | 0.36 |
| CPU seconds, by pushes | 13.6 | 19.1 | 1.37 |
| CPU seconds, by pulls | 25.2 | 19.3 | 0.77 |
| speed on real pages, for that of the best fixed number at once | 0.60 | 0.92 | 1.54 |

- *Requests*: pulls of children are searched for instead of listing all children, and the children of many candidates come by a list of all that has no tag. All candidates of this registry lie in eleven repositories. In the history, where nobody ever deleted, most is condemned, and the children of all that is condemned must be read anyway.
- *Memory*: the heap of the command line grows by 40 % between collections, not up to four times; that costs CPU, which a run spends while it waits for Harbor.
- *Speed on real pages*: 545 pages, drawn from those of a real Harbor, over simulated time.
- *Lines that are looked at*: of what is read back from the store, a few fields of each line are checked with zod. That is 1.0 s of CPU for a million rows of a report, beside 1.5 s for parsing them, and 1.5 % of planning and reporting on a million artifacts (two pairs: 1.001 and 1.028). Facts have no such check but that a line is one of its three kinds.`;

const aboutKilled = `The bundled Lambda in a process of its own, killed 20 times with SIGKILL at random moments, beside an undisturbed one on the same registry; plan, report, rows, outcomes and registry are compared (\`test/bench/killed.ts\` says what is left out).`;

const codeBlock = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

/** All that was found, as BENCHMARKS.md. */
export const page = (found: Findings): string => `${parts(found).join('\n\n')}\n`;
