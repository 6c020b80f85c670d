import { afterEach } from '@jest/globals';
import { ecsList } from '../../../functions/collectors/collect.ts';
import {
  arn,
  definitionArn,
  type EmbeddedAccount,
  emptyAccount,
} from '../../sandbox/ecs/account.ts';
import { type EmbeddedAws, startAccount } from '../../sandbox/ecs/start-account.ts';
import { withEnvironment } from '../../support/with-environment.ts';

/** What the running test has started. */
export let aws: EmbeddedAws;
let restore: () => void;
afterEach(async () => {
  restore();
  await aws.close();
});

export async function start(account: Partial<EmbeddedAccount>): Promise<void> {
  aws = await startAccount({ ...emptyAccount, ...account });
  restore = withEnvironment(aws.env);
}

const defaults = { regions: ['eu-central-1'], revisions: 2, families: 'all' } as const;
const collecting = {
  clock: { now: () => 7 },
  pause: () => Promise.resolve(),
  progress: () => undefined,
};
export async function collect(config: object = {}) {
  const list = await ecsList({ ...defaults, ...config, regions: ['eu-central-1'] }, collecting);
  const { uses, missing } = list.findings;
  return { list, uses, missing, images: uses.map(({ image }) => image) };
}

export const image = (name: string): string => `harbor.example/team/${name}`;
export const hex = (letter: string): string => `sha256:${letter.repeat(64)}`;

interface TaskOptions {
  readonly group?: string;
  readonly definition?: string;
  readonly status?: string;
  readonly imageDigest?: string;
  readonly image?: string;
  readonly failure?: string;
}

export const task = (id: string, options: TaskOptions = {}): object => ({
  taskArn: arn(`task/prod/${id}`),
  group: options.group ?? 'family:api',
  taskDefinitionArn: definitionArn(options.definition ?? 'api:1'),
  lastStatus: options.status ?? 'RUNNING',
  containers: [
    {
      name: 'main',
      image: options.image ?? image('api:1'),
      ...(options.imageDigest === undefined ? {} : { imageDigest: options.imageDigest }),
    },
  ],
  ...(options.failure === undefined ? {} : { failure: options.failure }),
});

export const service = (name: string, ...definitions: readonly string[]): object => ({
  serviceArn: arn(`service/prod/${name}`),
  taskDefinition: definitionArn(definitions[0] ?? 'api:1'),
  deployments: definitions.map((one) => ({ taskDefinition: definitionArn(one) })),
});

export const prod = (
  tasks: readonly object[],
  services: readonly object[] = [],
  revisions: readonly object[] = [],
) => ({
  clusters: { prod: { tasks, services, revisions } },
});
