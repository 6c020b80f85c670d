import * as z from 'zod';

/** Go writes an empty list as null. */
const list = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .nullish()
    .transform((entries) => entries ?? []);

const container = z.object({ name: z.string().default(''), image: z.string().default('') });

/** The part of a pod's spec that names images. */
export const podSpecSchema = z.object({
  containers: list(container),
  initContainers: list(container),
  ephemeralContainers: list(container),
  volumes: list(z.object({ image: z.object({ reference: z.string().default('') }).nullish() })),
});
export type PodSpec = z.output<typeof podSpecSchema>;

const containerStatus = z.object({
  name: z.string(),
  imageID: z.string().default(''),
  state: z.object({ waiting: z.unknown().optional() }).nullish(),
});

export const podSchema = z.object({
  spec: podSpecSchema,
  status: z
    .object({
      phase: z.string().default(''),
      containerStatuses: list(containerStatus),
      initContainerStatuses: list(containerStatus),
      ephemeralContainerStatuses: list(containerStatus),
    })
    .optional(),
});

/** Something with a name and an image. */
export interface NamedImage {
  readonly name: string;
  readonly image: string;
}

/** Every image that a pod of this spec has. A volume may be an image, too. */
export function imagesOf(spec: PodSpec): readonly NamedImage[] {
  return [
    ...spec.initContainers,
    ...spec.containers,
    ...spec.ephemeralContainers,
    ...spec.volumes.flatMap(({ image }) =>
      image === undefined || image === null ? [] : [{ name: '', image: image.reference }],
    ),
  ];
}
