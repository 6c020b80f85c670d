import type { Resource } from './resource.ts';
import { valuesAt } from './paths.ts';

const mayStart = () => 'may-start' as const;
const rollBack = () => 'roll-back' as const;
const template = ['spec.template.spec'];
const apps = { group: 'apps', version: 'v1' };
const batch = { group: 'batch', version: 'v1' };
const core = { group: '', version: 'v1' };
const certain = { paths: template, isCertain: true, role: mayStart };

/**
 * What is listed in every cluster: pods, and what may start some. A replica set without replicas, and a revision of a
 * controller, is what a rollback goes to.
 */
export const resources: readonly Resource[] = [
  { ...core, plural: 'pods', word: 'pod', paths: ['spec'], isCertain: true, role: () => 'running' },
  { ...apps, plural: 'deployments', word: 'deployment', ...certain },
  {
    ...apps,
    plural: 'replicasets',
    word: 'replica set',
    ...certain,
    role: (item) => (valuesAt(item, 'spec.replicas')[0] === 0 ? 'roll-back' : 'may-start'),
  },
  { ...apps, plural: 'statefulsets', word: 'stateful set', ...certain },
  { ...apps, plural: 'daemonsets', word: 'daemon set', ...certain },
  {
    ...apps,
    plural: 'controllerrevisions',
    word: 'controller revision',
    paths: ['data.spec.template.spec'],
    // Operators keep revisions of other forms.
    isCertain: false,
    role: rollBack,
  },
  { ...batch, plural: 'jobs', word: 'job', ...certain },
  {
    ...batch,
    plural: 'cronjobs',
    word: 'cron job',
    ...certain,
    paths: ['spec.jobTemplate.spec.template.spec'],
  },
  {
    ...core,
    plural: 'replicationcontrollers',
    word: 'replication controller',
    paths: template,
    isCertain: false,
    role: mayStart,
  },
  {
    ...core,
    plural: 'podtemplates',
    word: 'pod template',
    paths: ['template.spec'],
    isCertain: true,
    role: mayStart,
  },
];
