import type { MissingWorkloads } from '../../domain/workload-list.ts';

const gone: ReadonlySet<string> = new Set([
  'ClusterNotFoundException',
  'ServiceNotFoundException',
  'ResourceNotFoundException',
  'NotFoundException',
]);

/** Whether AWS says that something listed a moment ago is no more. */
export const isGone = (error: unknown): boolean => gone.has(nameOf(error));

const denied = /AccessDenied|NotAuthorized|UnauthorizedOperation|Forbidden/;

/** What is missing after AWS refused, and what to do. @param action the permission: `ecs:ListTasks` */
export function refusedBy(error: unknown, what: string, action: string): MissingWorkloads {
  const name = nameOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return {
    what,
    because: `${name}: ${message.slice(0, 500)}`,
    remedy: denied.test(name)
      ? `Grant ${action}; docs/workloads.md lists all that the collector needs.`
      : 'Let the collector run again; if it stays so, look at the quotas and the health of the service.',
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
