import * as z from 'zod';
import { type ApprovedList, mostApproved } from '../domain/approval.ts';
import type { Instant } from '../domain/instant.ts';
import { parseDocument, problemAt } from './document.ts';
import { inOrder, type Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';

/** The written form; `harbor`, `rankedAt` and the scores are copied from a report. */
export const approvedSchema = z.strictObject({
  version: z.literal(1).describe('of this form'),
  harbor: z.string().min(1).describe('harbor.url of the report'),
  rankedAt: z.iso.datetime().describe('run.startedAt of the report'),
  repositories: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[^/\s]+\/\S+$/, 'must be project/repository')
          .describe('project/repository'),
        score: z.number().describe('as the report showed it'),
      }),
    )
    .min(1)
    .max(mostApproved)
    .describe(`at most ${mostApproved} in one run`),
});

export type LoadedApproval =
  | { readonly ok: true; readonly approved: ApprovedList }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Text → a list of repositories that may go whole, or everything that is wrong with it. YAML or JSON. A ranking that is not
 * provably of the past at `now` is refused: whatever is pushed before that time would pass for known.
 */
export function loadApproved(text: string, now: Instant): LoadedApproval {
  const document = parseDocument(text);
  const parsed = approvedSchema.safeParse(document.value);
  const problems = [
    ...document.problems,
    ...(document.isReadable
      ? schemaProblems(parsed.error?.issues ?? [], document, approvedSchema)
      : []),
    ...(parsed.success ? duplicates(parsed.data, document) : []),
    ...(parsed.success ? rankedLater(parsed.data, document, now) : []),
  ];
  const [first, ...others] = inOrder(problems);
  if (first !== undefined) return { ok: false, problems: [first, ...others] };
  if (!parsed.success) {
    const unnamed = { line: 1, column: 1, length: 1, path: '', message: 'the list cannot be read' };
    return { ok: false, problems: [unnamed] };
  }
  const { harbor, rankedAt, repositories } = parsed.data;
  return { ok: true, approved: { harbor, rankedAt: Date.parse(rankedAt), repositories } };
}

/** Clocks of report and run may be some minutes apart. */
const ahead = 5 * 60_000;

function rankedLater(
  { rankedAt }: z.output<typeof approvedSchema>,
  document: ReturnType<typeof parseDocument>,
  now: Instant,
): readonly Problem[] {
  if (Date.parse(rankedAt) <= now + ahead) return [];
  const message = 'lies in the future';
  const allowed = 'run.startedAt of the report that showed the ranking';
  return [problemAt(document, ['rankedAt'], { message, allowed, value: rankedAt })];
}

function duplicates(
  { repositories }: z.output<typeof approvedSchema>,
  document: ReturnType<typeof parseDocument>,
): readonly Problem[] {
  return repositories.flatMap(({ name }, index) =>
    repositories.findIndex((other) => other.name === name) === index
      ? []
      : [
          problemAt(document, ['repositories', index, 'name'], {
            message: 'stands in the list twice',
            value: name,
          }),
        ],
  );
}
