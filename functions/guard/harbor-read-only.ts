import type { Rail } from './rail.ts';

/** Refuses while Harbor would refuse every deletion. */
export const harborReadOnly: Rail = {
  name: 'harbor-read-only',
  refusals: (_plan, { registry }) => {
    const { readOnly } = registry.harbor;
    if (readOnly === false) return [];
    return [
      {
        on: registry.harbor.url,
        found:
          readOnly === true ? 'Harbor is read-only' : 'Harbor did not say whether it is read-only',
        allowed: 'a Harbor that accepts writes',
        remedy:
          'Wait until its administrator has switched read-only off; somebody switched it on for a reason.',
      },
    ];
  },
};
