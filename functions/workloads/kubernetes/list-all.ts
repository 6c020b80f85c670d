import * as z from 'zod';
import type { KubernetesApi } from './kubernetes-api.ts';

const page = z.object({
  kind: z.string().regex(/List$/),
  metadata: z.object({ continue: z.string().optional() }),
  // Go writes an empty list as null, but never leaves it out.
  items: z.array(z.unknown()).nullable(),
});

/** Objects on one page; the server may give fewer. */
const pageSize = 500;
/** A list whose pages have expired is begun again this often; then it is asked for as a whole. */
const restarts = 2;

const expired = 410;

export type Listed =
  { readonly ok: true } | { readonly ok: false; readonly status: number; readonly because: string };

/**
 * Hands every object at an address to `take`, page by page. A list that expires on the way begins again, so that an
 * object may be taken twice, and none is lost (docs/workloads.md#pages).
 */
export async function listAll(
  api: Pick<KubernetesApi, 'get'>,
  path: string,
  take: (items: readonly unknown[]) => void,
): Promise<Listed> {
  for (let begun = 0; ; begun += 1) {
    const limit: Readonly<Record<string, string>> =
      begun > restarts ? {} : { limit: String(pageSize) };
    const listed = await listOnce(api, { path, limit }, take);
    if (listed.ok || listed.status !== expired || begun > restarts) return listed;
  }
}

async function listOnce(
  api: Pick<KubernetesApi, 'get'>,
  { path, limit }: { readonly path: string; readonly limit: Readonly<Record<string, string>> },
  take: (items: readonly unknown[]) => void,
): Promise<Listed> {
  const tokens = new Set<string>();
  for (let next = ''; ;) {
    const answer = await api.get(path, next === '' ? limit : { ...limit, continue: next });
    if (!answer.ok) return { ok: false, status: answer.status, because: answer.message };
    const read = page.safeParse(answer.body);
    if (!read.success) return { ok: false, status: 0, because: 'the answer is not a list' };
    take(read.data.items ?? []);
    next = read.data.metadata.continue ?? '';
    if (next === '') return { ok: true };
    if (tokens.has(next)) {
      return { ok: false, status: 0, because: 'the same page was given twice' };
    }
    tokens.add(next);
  }
}
