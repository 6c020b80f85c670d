import { valuesAt } from './paths.ts';
import { imagesOf, type NamedImage, podSpecSchema } from './pod-spec.ts';

/**
 * The images at the paths of an object: each path leads to specs of pods, containers, names of images, or lists of
 * these. Undefined if something there is none of them.
 */
export function imagesAt(
  item: unknown,
  paths: readonly string[],
): readonly NamedImage[] | undefined {
  const found = paths.flatMap((path) => valuesAt(item, path)).map(imagesIn);
  return found.some((one) => one === undefined) ? undefined : found.flatMap((one) => one ?? []);
}

function imagesIn(value: unknown): readonly NamedImage[] | undefined {
  if (typeof value === 'string') return [{ name: '', image: value }];
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const each = value.map(imagesIn);
    return each.includes(undefined) ? undefined : each.flatMap((one) => one ?? []);
  }
  if ('image' in value) {
    return typeof value.image === 'string' ? [{ name: '', image: value.image }] : undefined;
  }
  const spec = podSpecSchema.safeParse(value);
  if (!spec.success) return undefined;
  const images = imagesOf(spec.data);
  return images.length === 0 ? undefined : images;
}
