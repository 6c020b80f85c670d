import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EcsWorkloads, EksWorkloads, WorkloadsProps } from './workloads-props.ts';

type Account = Pick<EcsWorkloads, 'scope' | 'roleArn' | 'externalId'>;

const shared = (
  { scope, roleArn, externalId }: Account,
  { registries }: WorkloadsProps,
): object => ({
  scope,
  ...(roleArn !== undefined && { roleArn }),
  ...(externalId !== undefined && { externalId }),
  ...(registries !== undefined && { registries }),
});

/** What the function lists, as it reads it (functions/workloads/config-schema.ts). */
export function workloadsConfig(props: WorkloadsProps, scope: IConstruct): string {
  const { region: here } = Stack.of(scope);
  const ecs = (props.ecs ?? []).map((one: EcsWorkloads) => ({
    ...shared(one, props),
    regions: one.regions ?? [here],
    ...(one.revisions !== undefined && { revisions: one.revisions }),
    ...(one.onlyUsedFamilies === true && { families: 'used' }),
  }));
  const eks = (props.eks ?? []).map((one: EksWorkloads) => ({
    ...shared(one, props),
    cluster: one.clusterName,
    region: one.region ?? here,
    ...(one.namespaces !== undefined && { namespaces: one.namespaces }),
    ...(one.customResources !== undefined && {
      customResources: one.customResources.map(({ onlyRollBack, ...kind }) => ({
        ...kind,
        ...(onlyRollBack === true && { role: 'roll-back' }),
      })),
    }),
  }));
  return Stack.of(scope).toJsonString({ ecs, eks });
}

/** Lambda gives all variables of a function 4 KB; the others need a part of it. */
const mostBytes = 3_500;

/** Every mistake, each a sentence that begins with the name of the prop. */
export function workloadsProblems(workloads: WorkloadsProps | undefined): readonly string[] {
  if (workloads === undefined) return [];
  const { ecs = [], eks = [] } = workloads;
  const all: readonly Account[] = [...ecs, ...eks];
  const scopes = all.map(({ scope }) => scope);
  const size = Buffer.byteLength(JSON.stringify({ ecs, eks }));
  return [
    ...(all.length === 0 ? ['workloads names neither an account (ecs) nor a cluster (eks)'] : []),
    ...(size > mostBytes
      ? [
          `workloads takes ${size} bytes, and ${mostBytes} fit into the variables of a function; give every deployment a part`,
        ]
      : []),
    ...scopes.flatMap((scope, index) => [
      ...(Token.isUnresolved(scope) || /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(scope)
        ? []
        : [`workloads has the scope ${scope}; allowed: letters, digits, . _ and -`]),
      ...(scopes.indexOf(scope) === index
        ? []
        : [`workloads has the scope ${scope} twice, so that one list would replace the other`]),
    ]),
    ...all.flatMap(({ scope, roleArn }) =>
      roleArn === undefined ||
      Token.isUnresolved(roleArn) ||
      /^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(roleArn)
        ? []
        : [`workloads, ${scope}: roleArn is ${roleArn}; allowed: the ARN of a role`],
    ),
  ];
}
