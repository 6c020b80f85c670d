/** Traps of harbor.md that no test of the client walks into, and why. Every other number stands in a title. */
export const openTraps: Readonly<Record<number, string>> = {
  25: 'whole repositories are not deleted yet',
  40: 'what a deletion cut from a newcomer is not healed yet',
  47: 'tags that a deletion took from a push are not put back yet',
};
