import { type ListedImages, namesTag } from '../domain/image-list.ts';
import { type ListedUse, strongerUse, useInWords } from '../domain/listed-use.ts';
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
  const holdOn = (what: string, named: string, use: ListedUse | undefined): Hold =>
    use === undefined ? { because: because(what) } : { because: useInWords(use, named), use };
  const named = (digest: string): Hold | undefined =>
    images.digests.has(digest)
      ? holdOn(digest.slice(0, 19), 'digest', images.uses.get(digest))
      : undefined;
  return {
    named,
    each: ({ artifact: { digest, tags } }) => {
      const tag =
        tags === 'unknown'
          ? undefined
          : tags.find(({ name }) => namesTag(images, `${repository}:${name}`));
      const byDigest = named(digest);
      if (tag === undefined) return byDigest;
      const use = images.uses.get(`${repository}:${tag.name}`);
      const byTag = holdOn(`its tag ${tag.name}`, `tag ${tag.name}`, use);
      return byDigest === undefined ? byTag : strongerHold(byTag, byDigest);
    },
  };
}

/** Returns the hold that says who uses the image, and of two such ones that of the stronger use. */
function strongerHold(one: Hold, other: Hold): Hold {
  if (other.use === undefined) return one;
  return one.use !== undefined && strongerUse(one.use, other.use) === one.use ? one : other;
}
