import type { WorkloadRole } from '../../domain/workload-list.ts';

/** Where an API server lists objects of one kind. */
export interface ResourceName {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As it stands in addresses: `replicasets`. */
  readonly plural: string;
}

/** A kind of object that has, or makes, pods. */
export interface Resource extends ResourceName {
  /** As people say it: `replica set`. */
  readonly word: string;
  /** Where specs of pods, containers, or names of images lie in an object (docs/workloads.md#custom-resources). */
  readonly paths: readonly string[];
  /** Whether every object has something there. One that has nothing is then not understood. */
  readonly isCertain: boolean;
  readonly role: (item: unknown) => WorkloadRole;
}

/** `/apis/apps/v1/namespaces/prod/replicasets`; without a namespace, all of them. */
export function addressOf({ group, version, plural }: ResourceName, namespace?: string): string {
  const top = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const part = (text: string): string => encodeURIComponent(text);
  return namespace === undefined
    ? `${top}/${part(plural)}`
    : `${top}/namespaces/${part(namespace)}/${part(plural)}`;
}

/** `replicasets.apps`, as kubectl and roles name it. */
export function fullName({ group, plural }: ResourceName): string {
  return group === '' ? plural : `${plural}.${group}`;
}
