import { timesOf } from '../../../functions/domain/artifact-times.ts';
import type { Artifact } from '../../../functions/domain/artifact.ts';
import { familyIn, graphOf } from '../../../functions/domain/graph.ts';
import type { BoundProtection, Hold, Surroundings } from '../../../functions/domain/policy.ts';
import type { ProjectFacts, RegistryFacts } from '../../../functions/domain/registry.ts';
import { holdOnFamily } from '../../../functions/rules/hold-family.ts';
import { configured } from '../../../functions/rules/protect/index.ts';
import { artifactOf, now, type Pushed } from '../../support/builder.ts';
import { project as plainProject, registryOf } from '../../support/judge.ts';

export interface Changed {
  readonly registry?: Partial<RegistryFacts>;
  readonly project?: Partial<ProjectFacts> | 'unlisted';
  readonly projectName?: string;
  readonly repository?: string;
  /** Everything in the repository; the artifact asked about, if left out. */
  readonly artifacts?: readonly Artifact[];
  /** What the list does not show. */
  readonly hidden?: readonly Artifact[];
}

export function around(artifact: Artifact, changed: Changed = {}): Surroundings {
  return {
    now,
    registry: registryOf({ registry: changed.registry ?? {} }),
    project: changed.project === 'unlisted' ? undefined : { ...plainProject, ...changed.project },
    projectName: changed.projectName ?? 'team',
    repository: changed.repository ?? 'web',
    graph: graphOf(changed.artifacts ?? [artifact], changed.hidden),
  };
}

/** What a protection says of one artifact, and of what would go with it. */
export function holdOf(
  protection: BoundProtection,
  artifact: Artifact | Pushed,
  changed: Changed = {},
): Hold | undefined {
  const one = 'digest' in artifact && 'id' in artifact ? artifact : artifactOf('a', 1, artifact);
  const hold = protection.inRepository(around(one, changed));
  if (hold === undefined) return undefined;
  if ('all' in hold) return hold.all;
  const { graph } = around(one, changed);
  const timed = { artifact: one, times: timesOf(one, []) };
  return holdOnFamily(hold, timed, familyIn(graph, one, 'deleted'))?.hold;
}

/** A configured protection with its parameter as a policy writes it. */
export function protecting(key: keyof typeof configured, written?: unknown): BoundProtection {
  return configured[key].schema.parse(written).bound;
}
