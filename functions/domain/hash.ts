import { createHash } from 'node:crypto';

/** Hex SHA-256 of a text in UTF-8. Pure: with the next one, the only use of node:crypto outside the adapters. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The SHA-256 of a text in base64, as content security policies want it. Pure. */
export function sha256Base64(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
