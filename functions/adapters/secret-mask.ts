/** Remembers secrets and takes them out of whatever is about to be shown. */
export interface SecretMask {
  /** From now on this text is hidden, also base64, URL-encoded and JSON-escaped. */
  add(secret: string): void;
  hide(text: string): string;
  /** A replacer for JSON.stringify: hides in values and keys, and shows no bytes at all. */
  replacer(this: void, key: string, value: unknown): unknown;
}

/** Shorter texts occur everywhere; Harbor's passwords have at least 8 characters. */
const SHORTEST = 4;

const HIDDEN = '***';

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

function forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    escaped(secret),
    escaped(escaped(secret)),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.join(','),
  ];
}

const isBytes = (value: object): boolean =>
  value instanceof Uint8Array ||
  // What Buffer's own toJSON makes before a replacer sees it.
  ('type' in value && value.type === 'Buffer' && 'data' in value);

function hideKeys(value: object, hide: (text: string) => string): object {
  if (Array.isArray(value) || value instanceof Error) return value;
  const keys = Object.keys(value);
  if (keys.every((key) => hide(key) === key)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [hide(key), one]));
}

/** An empty mask; the adapters that learn a secret add it before they use it. */
export function newSecretMask(): SecretMask {
  let hidden: readonly string[] = [];
  const hide = (text: string): string => {
    let shown = text;
    for (const secret of hidden) shown = shown.replaceAll(secret, HIDDEN);
    return shown;
  };
  return {
    add(secret) {
      if (secret.length < SHORTEST) return;
      const all = new Set([...hidden, ...forms(secret)]);
      // The longest first: a secret may be part of another form.
      hidden = [...all].sort((a, b) => b.length - a.length);
    },
    hide,
    replacer(_key, value) {
      if (typeof value === 'string') return hide(value);
      if (typeof value === 'number' || typeof value === 'bigint') {
        const text = String(value);
        return hide(text) === text ? value : HIDDEN;
      }
      if (typeof value !== 'object' || value === null) return value;
      return isBytes(value) ? '[bytes]' : hideKeys(value, hide);
    },
  };
}
