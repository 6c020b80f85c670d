import { inNumbers } from '../domain/format-numbers.ts';

/** What the text shows of one thing that comes back; the structure is that of apply's RestoreStep. */
export interface ShownStep {
  readonly item: {
    readonly kind: 'artifact' | 'tag';
    readonly place: { readonly project: string; readonly repository: string };
    readonly digest: string;
  };
  readonly createTags: readonly string[];
  readonly addLabels: readonly string[];
  readonly notes: readonly string[];
}

export interface ShownRestore {
  readonly applied: boolean;
  readonly restored: readonly ShownStep[];
  readonly complete: readonly ShownStep[];
  readonly lost: readonly ShownStep[];
  readonly failed: readonly { readonly step: ShownStep; readonly because: string }[];
  /** Actions that a record names and the run's plan does not hold. */
  readonly disbelieved: readonly string[];
}

/** A restore, or its dry run, for people. Pure. */
export function restoreText(shown: ShownRestore): string {
  const verb = shown.applied ? 'Restored' : 'Would be restored';
  const counts = [
    `${verb}: ${inNumbers(shown.restored.length)}`,
    `complete already: ${inNumbers(shown.complete.length)}`,
    `can't come back: ${inNumbers(shown.lost.length)}`,
    ...(shown.failed.length === 0 ? [] : [`failed: ${inNumbers(shown.failed.length)}`]),
  ];
  return `${[
    `${counts.join(' · ')}`,
    ...section(
      verb,
      shown.restored.map((step) => line(step)),
    ),
    ...section(
      'Complete already, but',
      shown.complete.filter(({ notes }) => notes.length > 0).map((step) => line(step)),
    ),
    ...section(
      "Can't come back",
      shown.lost.map((step) => line(step)),
    ),
    ...section(
      'Failed',
      shown.failed.map(({ step, because }) => `${nameOf(step)}: ${because}`),
    ),
    ...section(
      'Not believed: the run’s plan does not hold it, so somebody else wrote it',
      shown.disbelieved,
    ),
  ].join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((one) => `  ${one}`)];
}

function nameOf({ item }: ShownStep): string {
  return `${item.place.project}/${item.place.repository}@${item.digest.slice(0, 19)}`;
}

function line(step: ShownStep): string {
  const what = [
    ...(step.createTags.length === 0 ? [] : [`tags ${step.createTags.join(', ')}`]),
    ...(step.addLabels.length === 0 ? [] : [`labels ${step.addLabels.join(', ')}`]),
    ...step.notes,
  ];
  return what.length === 0 ? nameOf(step) : `${nameOf(step)}: ${what.join('; ')}`;
}
