/** Every fault that can be switched on, by name. */
export type FaultName = 'flags-ignored' | 'clock-skew' | 'other-version';
