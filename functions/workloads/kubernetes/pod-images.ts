import type { WorkloadRole } from '../../domain/workload-list.ts';
import type { SeenImage } from '../image-use.ts';
import { manifestOf } from './image-id.ts';
import { imagesOf, podSchema } from './pod-spec.ts';

/** The images of a pod, with what its node pulled; undefined if it is no pod. */
export function podImages(item: unknown, by: string): readonly SeenImage[] | undefined {
  const read = podSchema.safeParse(item);
  if (!read.success || read.data.spec.containers.length === 0) return undefined;
  const { spec, status } = read.data;
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const role: WorkloadRole = hasEnded ? 'may-start' : 'running';
  const pulled = new Map<string, string>();
  const statuses = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  for (const { name, imageID, state } of statuses) {
    // One that never started may have no image yet. Ended ones run no more: their manifest is held where it is known.
    const isWaiting = state?.waiting !== undefined && state.waiting !== null;
    if (imageID !== '' || (!isWaiting && !hasEnded)) pulled.set(name, imageID);
  }
  return imagesOf(spec).map(({ name, image }) => {
    const imageId = pulled.get(name);
    const digest = imageId === undefined ? undefined : manifestOf(imageId);
    return { image, digest: hasEnded && digest === 'unknown' ? undefined : digest, by, role };
  });
}
