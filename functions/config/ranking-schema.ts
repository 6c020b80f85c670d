import * as z from 'zod';

const number = z.number({ error: 'a number' });

const factor = z
  .strictObject({
    weight: number.min(0, { error: 'a number of 0 or more' }),
    range: z.strictObject({ low: number, high: number }),
  })
  .describe('The weight for low ≤ x < high; the first range that holds counts.');

const measure = z.strictObject({
  base: number.min(0, { error: 'a number of 0 or more' }),
  factors: z.array(factor, { error: 'a list of { weight, range: { low, high } }' }),
});

/** How repositories are ranked (docs/arming.md#whole-repositories): the format of harbor-go-client's rp.yaml. */
export const rankingSchema = z
  .strictObject({
    update_time: measure.describe('By days since the last update.'),
    pull_count: measure.describe('By number of pulls.'),
    tags_count: measure.describe('By number of tags.'),
  })
  .describe("Weights of the repository ranking; harbor-go-client's rp.yaml is accepted as it is.");
