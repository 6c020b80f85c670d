/**
 * Numbered facts of docs/harbor.md that no test of the client walks into, and why. Every other number stands in a
 * title.
 */
export const openTraps: Readonly<Record<number, string>> = {};
