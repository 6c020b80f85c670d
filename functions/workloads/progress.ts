/** Called as objects come in, with how many of a kind there are so far. */
export type CollectingProgress = (count: number, what: string) => void;
