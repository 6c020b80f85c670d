import { isTouched, mayReplicate, type Rail } from './rail.ts';

/**
 * Refuses if a replication rule would repeat our deletions elsewhere, where no restore reaches
 * (docs/harbor.md#t29-replicated-deletions).
 */
export const deletionsReplicated: Rail = {
  name: 'deletions-replicated',
  refusals: (plan, context) => {
    const { policy, registry } = context;
    if (policy.acknowledgeReplication) return [];
    const { replications } = registry;
    if (replications === 'unknown') {
      return [
        {
          on: 'run',
          found: 'the replication rules could not be read',
          allowed: 'replication rules that are known not to pass deletions on',
          remedy:
            'Grant the robot replication-policy:list on the system, or say acknowledgeReplication: true.',
        },
      ];
    }
    const projects = new Set(plan.repositories.map((one) => one.project));
    const touched = new Set([...projects].filter((name) => isTouched(name, plan, context)));
    const names = plan.repositories
      .filter((one) => touched.has(one.project))
      .map((one) => `${one.project}/${one.repository}`);
    return replications.flatMap((rule) => {
      if (!rule.deletes) return [];
      const first = names.find((name) => mayReplicate(rule, name));
      if (first === undefined) return [];
      return [
        {
          on: rule.name,
          found: `this replication rule passes deletions on, for example those in ${first}`,
          allowed: 'replication rules that keep what is deleted here',
          remedy:
            'Switch off “replicate deletion” in the rule, or say acknowledgeReplication: true: a restore then reaches this Harbor only.',
        },
      ];
    });
  },
};
