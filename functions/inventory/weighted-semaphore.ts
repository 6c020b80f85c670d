/** Lets work in as long as all that is inside weighs no more than was allowed; whoever comes first is let in first. */
export interface WeightGate {
  /** Waits until there is room. What weighs more than is allowed at all goes in by itself. */
  enter(weight: number): Promise<void>;
  leave(weight: number): void;
}

export function weightGate(most: number): WeightGate {
  const waiting: { readonly weight: number; readonly go: () => void }[] = [];
  let inside = 0;
  let count = 0;
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (count > 0 && inside + next.weight > most) return;
      waiting.shift();
      inside += next.weight;
      count += 1;
      next.go();
    }
  };
  return {
    enter: (weight) =>
      new Promise((resolve) => {
        waiting.push({ weight, go: resolve });
        admit();
      }),
    leave: (weight) => {
      inside -= weight;
      count -= 1;
      admit();
    },
  };
}
