import { alwaysOnProtection } from '../protection.ts';

/** Holds proxy-cache projects unless the policy says `proxyCache: include`: nothing can be copied back there. */
export const proxyCache = alwaysOnProtection('proxyCache', ({ project }, policy) => {
  if (policy.proxyCache === 'include') return undefined;
  if (project === undefined) {
    return { all: { because: 'the project could not be read', unknown: 'kind of project' } };
  }
  return project.isProxyCache ? { all: { because: 'the project is a proxy cache' } } : undefined;
});
