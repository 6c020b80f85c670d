import { HarborFailure } from './failure.ts';

/** Harbor's maximum (docs/harbor.md#pages). */
export const pageSize = 100;

/** Each fits ten of the next, so that few requests are lost on the way down. */
const sizes = [pageSize, 10, 1] as const;

/** Pages that must come before a larger one is tried again, and how much longer it takes after each vain try. */
const firstPatience = 5;
const moreAfterVainTry = 4;

export interface PageSizes {
  /**
   * Reads one page, and where its answer is too large or comes too late, a smaller one, down to a single row. After
   * some pages that came a larger one is tried again. @throws HarborFailure of the smallest page, or of what is
   * neither too large nor too slow
   */
  read<T>(
    page: (size: number, hurry: boolean) => Promise<T>,
    may?: { readonly grow: boolean; readonly shrink: boolean },
  ): Promise<{ readonly page: T; readonly size: number }>;
}

/** The page sizes of one list; another list starts with full pages. */
export function newPageSizes(): PageSizes {
  let step = 0;
  let came = 0;
  let patience = firstPatience;
  return {
    read: async (page, may = { grow: true, shrink: true }) => {
      const isTrial = may.grow && step > 0 && came >= patience;
      if (isTrial) step -= 1;
      for (let isVain = isTrial; ; isVain = false) {
        const size = sizes[step] ?? 1;
        try {
          const read = await page(size, size > 1 && may.shrink);
          came = isVain ? 0 : came + 1;
          return { page: read, size };
        } catch (error) {
          if (size === 1 || !may.shrink || !isTooMuch(error)) throw error;
          if (isVain) patience *= moreAfterVainTry;
          step += 1;
          came = 0;
        }
      }
    },
  };
}

/** A smaller page may do what this one could not. */
function isTooMuch(error: unknown): boolean {
  return error instanceof HarborFailure && (error.isTooLarge || error.isTooSlow);
}
