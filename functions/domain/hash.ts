import { createHash } from 'node:crypto';

/** Hex SHA-256 of a text in UTF-8. Pure: the one use of node:crypto outside the adapters. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
