/** Numbered facts of docs/harbor.md that no test of the client walks into, and why. Every other number stands in a title. */
export const openTraps: Readonly<Record<number, string>> = {
  53: 'the client reads no log of a job; harbor-gc.test.ts holds the embedded Harbor to it',
  54: 'the digest breaks ties in every order: nouns.test.ts and algebra.test.ts hold to that',
};
