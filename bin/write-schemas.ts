import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { policySchema } from '../functions/config/policy-schema.ts';
import { backtestSchema } from '../functions/report/backtest-schema.ts';
import { reportSchema } from '../functions/report/report-schema.ts';
import { rowSchema } from '../functions/report/row-schema.ts';
import { workloadLineSchema } from '../functions/workloads/list-schema.ts';
import { settingsSchema } from '../lib/settings.ts';

interface Published {
  readonly file: string;
  readonly schema: z.ZodType;
  /** `input`: what people write; `output`: what programs read. */
  readonly io: 'input' | 'output';
}

/** One line per published schema. */
const published: readonly Published[] = [
  { file: 'policy.schema.json', schema: policySchema, io: 'input' },
  { file: 'settings.schema.json', schema: settingsSchema, io: 'input' },
  { file: 'report.schema.json', schema: reportSchema, io: 'output' },
  { file: 'report-row.schema.json', schema: rowSchema, io: 'output' },
  { file: 'backtest.schema.json', schema: backtestSchema, io: 'output' },
  { file: 'workload-list.schema.json', schema: workloadLineSchema, io: 'input' },
];

/** Every JSON Schema of `schemas/` (draft 2020-12), by file name, generated from the code. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    published.map(({ file, schema, io }) => [
      file,
      `${JSON.stringify(z.toJSONSchema(schema, { io }), undefined, 2)}\n`,
    ]),
  );
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'schemas');
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of schemaFiles()) writeFileSync(join(folder, file), text);
}
