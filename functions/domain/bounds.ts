/**
 * What is read of anything that somebody who may push can make large. Beyond a bound a repository is unplannable, and
 * a single look answers unknown, so that everything in question stays. docs/security.md has a row for each.
 */
export const bounds = {
  /**
   * Bytes of one answer, decompressed. A manifest of 4 MiB, which is Harbor's limit, fits together with the rest of its
   * row; eight answers at the same time fit the smallest function.
   */
  answerBytes: 8 << 20,
  /** For one artifact. */
  tags: 10_000,
  labels: 500,
  children: 2_000,
  accessories: 2_000,
  /** Steps from an artifact to what hangs on what hangs on it …: indexes in indexes, signatures of signatures. */
  depth: 16,
  /** For one project. The trash is not counted: what lies there was let in by these bounds. */
  repositories: 10_000,
  /** Characters of a name: project, repository, tag, label, type. Harbor's columns hold 255. */
  nameCharacters: 255,
  /** Tags, labels, children and accessories that weigh as much in memory as one artifact does. */
  partsPerArtifact: 16,
  /** Rows of the audit log, or of what was pushed lately, that one look takes in. */
  rowsOfALook: 50_000,
} as const;

/**
 * The memory that one artifact takes with its tags, labels, children and accessories, as a number of plain artifacts.
 */
export function weightOfParts(parts: number): number {
  return 1 + Math.floor(parts / bounds.partsPerArtifact);
}
