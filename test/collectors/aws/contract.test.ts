import { describe, test } from '@jest/globals';
import { ecsContract } from './contract.ts';

/** Regions of the account of the credentials at hand, between commas; the account is only read. */
const regions = process.env['ECS_REGIONS'];

if (regions === undefined)
  console.warn('the contract of a real account: SKIPPED, ECS_REGIONS names none');

describe('the contract, of a real account', () => {
  if (regions === undefined) test.skip('needs ECS_REGIONS', () => undefined);
  else ecsContract(() => Promise.resolve(regions.split(',')));
});
