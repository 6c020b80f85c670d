import { type ListedImages, namesTag } from '../domain/image-list.ts';
import type { Hold, RepositoryHold } from '../domain/policy.ts';

/** What a list of images holds in a repository (`project/repository`): by digest, by tag, or by a pattern. */
export function holdListed(
  images: ListedImages,
  {
    repository,
    because,
  }: { readonly repository: string; readonly because: (what: string) => string },
): RepositoryHold {
  if (images.entries.length === 0) return undefined;
  const named = (digest: string): Hold | undefined =>
    images.digests.has(digest) ? { because: because(digest.slice(0, 19)) } : undefined;
  return {
    named,
    each: ({ artifact: { digest, tags } }) => {
      const tag =
        tags === 'unknown'
          ? undefined
          : tags.find(({ name }) => namesTag(images, `${repository}:${name}`));
      return tag === undefined ? named(digest) : { because: because(`its tag ${tag.name}`) };
    },
  };
}
