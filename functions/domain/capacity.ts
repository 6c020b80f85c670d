/**
 * Why a repository with this many artifacts is not read, in words that name what to raise; undefined: it fits. `most`
 * follows from the memory of the function, or was set.
 */
export function tooLarge(artifacts: number, most: number | undefined): string | undefined {
  if (most === undefined || artifacts <= most) return undefined;
  const count = new Intl.NumberFormat('en');
  return `${count.format(artifacts)} artifacts or more are in it, ${count.format(most)} fit: raise the memory of the function (memoryMiB), or maxArtifactsPerRepository.`;
}

/**
 * The text for the case that not the number of artifacts is too large, but what they bear: `weight` counts as
 * artifacts what their tags, labels, children and accessories take in memory (domain/bounds.ts).
 */
export function tooHeavy(
  weight: number,
  artifacts: number,
  most: number | undefined,
): string | undefined {
  if (most === undefined || weight <= most || weight === artifacts) return undefined;
  const count = new Intl.NumberFormat('en');
  return `the tags, labels, children and accessories in it weigh as much as ${count.format(weight)} artifacts or more, ${count.format(most)} fit here. Remove what nobody needs of them, or raise the memory of the function (memoryMiB).`;
}
