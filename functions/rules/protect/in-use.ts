import * as z from 'zod';
import { compilePattern } from '../../domain/pattern.ts';
import type { InUseConfig, RepositoryHold, Surroundings } from '../../domain/policy.ts';
import { duration, patternFor } from '../parameters.ts';
import { holdListed } from '../hold-listed.ts';
import { checkSource, sourceOptions } from '../in-use-sources.ts';
import { protection } from '../protection.ts';

const allowed = 'a list of sources, each { source: name, … }';

const source = z
  .looseObject({
    source: z.string({ error: 'the name of a source' }).describe('Which source, by name.'),
    scope: patternFor('repository')
      .transform(({ text }) => text)
      .optional()
      .describe('What is held while the source cannot answer; default: the whole registry.'),
    freshWithin: duration
      .optional()
      .describe('A list that is older is not believed: its scope is held. Collected lists: 26h.'),
    ...sourceOptions,
  })
  .superRefine(checkSource)
  .transform(({ source: kind, scope, freshWithin, ...options }): InUseConfig => ({
    kind,
    ...(scope === undefined ? {} : { scope }),
    ...(freshWithin === undefined ? {} : { freshWithin }),
    options,
  }));

/** Holds what a workload uses, by digest or by tag; what a silent source covers is held altogether. */
export const inUse = protection({
  key: 'inUse',
  params: z.array(source, { error: allowed }).prefault([]),
  description: 'Sources of images that workloads use.',
  inRepository: (around) => unreadable(around) ?? used(around),
});

function unreadable({ registry, projectName, repository }: Surroundings): RepositoryHold {
  const silent = registry.inUse.unreadable.find(
    ({ scope }) => scope === undefined || covers(scope, projectName, repository),
  );
  if (silent === undefined) return undefined;
  const because = `what is in use is not known from ${silent.source}: ${silent.because.replace(/\.$/, '')}`;
  return { all: { because, unknown: 'in use' } };
}

// A scope that cannot be understood covers everything.
function covers(scope: string, project: string, repository: string): boolean {
  const compiled = compilePattern(scope);
  if (!compiled.ok) return true;
  return compiled.pattern.matches(project) || compiled.pattern.matches(`${project}/${repository}`);
}

function used({ registry, projectName, repository }: Surroundings): RepositoryHold {
  return holdListed(registry.inUse, {
    repository: `${projectName}/${repository}`,
    because: (what) => `a workload uses ${what}`,
  });
}
