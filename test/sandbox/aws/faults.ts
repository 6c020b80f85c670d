/** What the embedded AWS can be told to do wrong, request by request. */
export interface AwsFault {
  /** Only this operation, for example 'PutObject' or 'GetSecretValue'; default: any. */
  readonly operation?: string;
  /** Only object keys, or secret names, that match; default: any. */
  readonly key?: RegExp;
  /** How many requests it meets; default: all. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export type FaultEffect =
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** The connection is cut before anything was done. */
  | { readonly kind: 'cut' }
  /** It was done, but the connection is cut before the answer. */
  | { readonly kind: 'answer-lost' }
  /** The answer ends after half of its body. */
  | { readonly kind: 'half' }
  /** One byte of the body is another one; the checksum is the right one's. */
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'slow'; readonly milliseconds: number };

export interface Faults {
  /** Switches a fault on; returns the switch to turn it off again. */
  add(fault: AwsFault): () => void;
  clear(): void;
  /** The effect that meets this request, if any; used by the server. */
  take(operation: string, key: string): FaultEffect | undefined;
}

export function newFaults(): Faults {
  let active: { readonly fault: AwsFault; left: number }[] = [];
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      active.push(entry);
      return () => {
        active = active.filter((one) => one !== entry);
      };
    },
    clear() {
      active = [];
    },
    take(operation, key) {
      const hit = active.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.operation === undefined || fault.operation === operation) &&
          (fault.key === undefined || fault.key.test(key)),
      );
      if (hit === undefined) return undefined;
      hit.left -= 1;
      return hit.fault.effect;
    },
  };
}
