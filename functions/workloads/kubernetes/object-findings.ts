import * as z from 'zod';
import type { Findings } from '../findings.ts';
import { imageUse, type Registries, type SeenImage } from '../image-use.ts';
import { imagesAt } from './images-at.ts';
import { podImages } from './pod-images.ts';
import { fullName, type Resource } from './resource.ts';

const named = z.object({
  metadata: z.object({
    name: z.string().min(1),
    namespace: z.string().optional(),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).nullish(),
  }),
});

/** What one object of a cluster uses. An object that is not understood is missing: it may use anything. */
export function objectFindings(
  item: unknown,
  resource: Resource,
  registries: Registries,
): Findings {
  const read = named.safeParse(item);
  if (!read.success) return notUnderstood(resource, 'one that has no name');
  const { name, namespace } = read.data.metadata;
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  const by = `${resource.word} ${place}`;
  const seen =
    resource.plural === 'pods' ? podImages(item, by) : templateImages(item, by, resource);
  if (seen === undefined) return notUnderstood(resource, by);
  const found = seen.map((one) => imageUse(one, registries));
  return {
    uses: found.flatMap(({ uses }) => uses),
    missing: found.flatMap(({ missing }) => missing),
  };
}

function templateImages(
  item: unknown,
  by: string,
  { paths, isCertain, role }: Resource,
): readonly SeenImage[] | undefined {
  const images = imagesAt(item, paths);
  if (images === undefined || (isCertain && images.length === 0)) return undefined;
  return images.map(({ image }) => ({ image, digest: undefined, by, role: role(item) }));
}

const notUnderstood = (resource: Resource, which: string): Findings => ({
  uses: [],
  missing: [
    {
      what: which,
      because: `it is not what ${fullName(resource)} in ${resource.version} look like: ${resource.paths.join(', ')} was expected to lead to a spec of a pod, a container or an image`,
      remedy:
        'Correct the paths of the custom resource; or report this, for a kind of Kubernetes itself.',
    },
  ],
});
