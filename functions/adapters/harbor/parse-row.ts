import type * as z from 'zod';
import { HarborFailure } from './failure.ts';
import { whatIsWrong } from './wire.ts';

/** A row in the form of its schema. @throws HarborFailure naming row and field */
export function checked<T extends z.ZodType>(
  schema: T,
  row: { readonly id: number; readonly value: unknown },
  path: string,
): z.output<T> {
  const parsed = schema.safeParse(row.value);
  if (parsed.success) return parsed.data;
  throw HarborFailure.unexpected(path, `the row with id ${row.id} ${whatIsWrong(parsed.error)}`);
}
