/**
 * Why a repository of so many artifacts is not read, in words that name what to raise; undefined: it fits. `most`
 * follows from the memory of the function, or was set.
 */
export function tooLarge(artifacts: number, most: number | undefined): string | undefined {
  if (most === undefined || artifacts <= most) return undefined;
  const count = new Intl.NumberFormat('en');
  return `${count.format(artifacts)} artifacts or more are in it, ${count.format(most)} fit: raise the memory of the function (memoryMiB), or maxArtifactsPerRepository.`;
}
