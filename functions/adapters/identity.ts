import { randomUUID } from 'node:crypto';

/** A name that no other process has; the only line that makes one by chance. */
export const newIdentity = (): string => randomUUID();
