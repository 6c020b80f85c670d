/** That somebody wants a command to end: Ctrl-C, or the SIGTERM of whoever runs it. */
export interface Stopping {
  readonly asked: () => boolean;
  /** Ends a wait early. */
  readonly whenAsked: Promise<void>;
  /** Signals do again what they always do. */
  readonly end: () => void;
}

/** Where the signals come from; a process, or a test's own. */
export interface Signals {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Takes the first signal as a wish, and leaves a second one to end the process at once. `onAsked` says so. */
export function stopOnSignals(onAsked: () => void, signals: Signals = process): Stopping {
  let isAsked = false;
  let wake = (): void => undefined;
  const whenAsked = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const end = (): void => {
    signals.off('SIGINT', ask);
    signals.off('SIGTERM', ask);
  };
  const ask = (): void => {
    isAsked = true;
    end();
    wake();
    onAsked();
  };
  signals.on('SIGINT', ask);
  signals.on('SIGTERM', ask);
  return { asked: () => isAsked, whenAsked, end };
}
