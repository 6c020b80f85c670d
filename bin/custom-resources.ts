import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { parseDocument } from '../functions/config/document.ts';
import { formatProblems } from '../functions/config/format-problems.ts';
import { schemaProblems } from '../functions/config/schema-problems.ts';
import { inOrder } from '../functions/config/problem.ts';
import { RetentionError } from '../functions/errors.ts';
import {
  type CustomResource,
  customResourcesSchema,
} from '../functions/workloads/config-schema.ts';

const fileSchema = z.strictObject({ customResources: customResourcesSchema });

/** The custom resources of a file; none without one. @throws RetentionError usage, with every mistake */
export async function customResourcesIn(
  file: string | undefined,
): Promise<readonly CustomResource[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new RetentionError('usage', `${file} can't be read.`, {
      cause: error,
      remedy: 'Check the path and its permissions.',
    });
  });
  const document = parseDocument(text);
  const parsed = fileSchema.safeParse(document.value);
  const problems = inOrder([
    ...document.problems,
    ...(document.isReadable
      ? schemaProblems(parsed.error?.issues ?? [], document, fileSchema)
      : []),
  ]);
  if (parsed.success && problems.length === 0) return parsed.data.customResources;
  throw new RetentionError('usage', formatProblems(problems, text, { name: file }), {
    remedy: `Correct ${file}; docs/workloads.md#custom-resources shows one.`,
  });
}
