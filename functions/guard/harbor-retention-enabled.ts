import { isTouched, type Rail } from './rail.ts';

/**
 * Refuses if Harbor's own retention works on a selected project: it deletes whatever it does not retain
 * (docs/harbor.md#t39-two-who-delete).
 */
export const harborRetentionEnabled: Rail = {
  name: 'harbor-retention-enabled',
  refusals: (plan, context) => {
    const { policy, registry } = context;
    if (policy.acknowledgeHarborRetention) return [];
    return registry.projects.flatMap((project) => {
      // A proxy cache comes with a policy of its own; it matters where we touch the project too
      // (docs/harbor.md#t30-proxy-caches).
      const matters =
        isTouched(project.name, plan, context) &&
        (!project.isProxyCache || policy.proxyCache === 'include');
      if (!matters || project.harborRetention === 'none' || project.harborRetention === 'disabled')
        return [];
      return [
        {
          on: project.name,
          found:
            project.harborRetention === 'enabled'
              ? 'Harbor’s own retention policy runs on this project'
              : 'this project has a retention policy of Harbor’s own, which could not be read',
          allowed: 'one retention per project',
          remedy:
            'Disable Harbor’s policy there, or let the robot read it (tag-retention:read), or say acknowledgeHarborRetention: true.',
        },
      ];
    });
  },
};
