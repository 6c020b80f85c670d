import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { policyFromHarbor } from '../../functions/convert/from-harbor.ts';
import { policyText } from '../../functions/convert/policy-draft.ts';
import { retentionPolicy } from '../../functions/convert/retention-rules.ts';
import { RECORDINGS, type RecordedExchange } from '../recordings/recording.ts';
import { policyFrom } from '../support/judge.ts';

const file = new URL('13-retention.json', RECORDINGS);
const isThere = existsSync(file);
if (!isThere)
  console.warn(
    'SKIPPED: no recordings at ../shared/recordings, so no recorded policy was converted',
  );

/** What a real Harbor accepted as a retention policy. */
function accepted(): readonly unknown[] {
  const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { exchanges: RecordedExchange[] };
  return exchanges.flatMap(({ request, response }) =>
    /^\/api\/v2\.0\/retentions(\/\d+)?$/.test(request.path) &&
    ['POST', 'PUT'].includes(request.method) &&
    response.status < 300
      ? [request.body]
      : [],
  );
}

(isThere ? test : test.skip)(
  'every policy that a real Harbor accepted becomes a policy, or says why not',
  () => {
    const policies = accepted();
    expect(policies.length).toBeGreaterThan(15);
    let carried = 0;
    for (const value of policies) {
      const { rules } = retentionPolicy.parse(value);
      const draft = policyFromHarbor([{ project: 'team', rules: rules ?? [] }], 'a recording');
      policyFrom(policyText(draft));
      const hasEnabled = (rules ?? []).some(({ disabled }) => disabled !== true);
      if (draft.rules.length > 0) carried += 1;
      else expect(draft.notCarriedOver.length > 0 || !hasEnabled).toBe(true);
    }
    expect(carried).toBeGreaterThan(10);
  },
);
