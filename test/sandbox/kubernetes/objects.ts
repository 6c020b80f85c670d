/** An object as an API server keeps it, by where it is listed. */
export interface StoredObject {
  /** `/api/v1/pods`, `/apis/apps/v1/deployments`: the address of the whole cluster. */
  readonly list: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: object;
}

export interface ObjectOptions {
  readonly group?: string;
  readonly version?: string;
  readonly namespace?: string;
}

/** Any object. `plural` is as in addresses. */
export function stored(
  plural: string,
  name: string,
  {
    group = '',
    version = 'v1',
    namespace,
    ...fields
  }: ObjectOptions & { readonly [field: string]: unknown },
): StoredObject {
  const list = group === '' ? `/api/${version}/${plural}` : `/apis/${group}/${version}/${plural}`;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { list, namespace, name, object: { metadata, ...fields } };
}

export interface PodOptions {
  readonly namespace?: string;
  readonly image?: string;
  readonly imageID?: string;
  readonly phase?: string;
}

const digestOf = (seed: string): string =>
  `sha256:${Buffer.from(seed.padEnd(32, '.')).toString('hex').slice(0, 64)}`;

/** A pod of one container, which runs unless said otherwise. */
export function pod(name: string, options: PodOptions = {}): StoredObject {
  const { namespace = 'default', image = 'harbor.example/team/api:1', phase = 'Running' } = options;
  const imageID = options.imageID ?? `${image.replace(/:[^/]*$/, '')}@${digestOf(image)}`;
  return stored('pods', name, {
    namespace,
    spec: { containers: [{ name: 'main', image }] },
    status: {
      phase,
      containerStatuses: [{ name: 'main', image, imageID, state: { running: {} } }],
    },
  });
}

/** A template as most kinds have it. */
export const template = (image: string): object => ({
  template: { spec: { containers: [{ name: 'main', image }] } },
});

/** A cluster with one object of every kind that is listed, and images that say which. */
export function everyKind(): readonly StoredObject[] {
  const image = (what: string): string => `harbor.example/team/${what}:1`;
  const namespace = 'prod';
  const apps = { group: 'apps', namespace };
  const batch = { group: 'batch', namespace };
  return [
    pod('api-1', { namespace, image: image('pod') }),
    stored('deployments', 'api', { ...apps, spec: template(image('deployment')) }),
    stored('replicasets', 'api-2', {
      ...apps,
      spec: { replicas: 2, ...template(image('replica-set')) },
    }),
    stored('replicasets', 'api-1', {
      ...apps,
      spec: { replicas: 0, ...template(image('replica-set-before')) },
    }),
    stored('statefulsets', 'db', { ...apps, spec: template(image('stateful-set')) }),
    stored('daemonsets', 'agent', { ...apps, spec: template(image('daemon-set')) }),
    stored('controllerrevisions', 'db-1', {
      ...apps,
      revision: 1,
      data: {
        spec: {
          template: { $patch: 'replace', spec: { containers: [{ image: image('revision') }] } },
        },
      },
    }),
    stored('jobs', 'migrate', { ...batch, spec: template(image('job')) }),
    stored('cronjobs', 'nightly', {
      ...batch,
      spec: { suspend: true, jobTemplate: { spec: template(image('cron-job')) } },
    }),
    stored('replicationcontrollers', 'old', { namespace, spec: template(image('controller')) }),
    stored('podtemplates', 'batch', { namespace, ...template(image('pod-template')) }),
  ];
}
