import type { Pattern } from '../domain/pattern.ts';
import type { SeenRepository, WrittenName } from '../domain/written-name.ts';
import type { WrittenPolicy } from './policy-schema.ts';

type WrittenRule = WrittenPolicy['rules'][number];

/**
 * Every pattern and name of a policy with what it would match, so that a run can report which of them matched
 * nothing.
 */
export function writtenNames({ rules, protect }: WrittenPolicy): readonly WrittenName[] {
  return [...rules.flatMap(ofRule), ...ofProtections(protect)];
}

function ofRule({ name, select }: WrittenRule): readonly WrittenName[] {
  const { projects, repositories, tags = [], exclude, labels } = select;
  const place = (key: string): string => `rules[${name}].select.${key}`;
  const inProjects = (project: string): boolean => some(projects, project);
  const inRepositories = ({
    project,
    repository,
  }: Pick<SeenRepository, 'project' | 'repository'>): boolean =>
    inProjects(project) && some(repositories, repository);
  const names = (key: string, patterns: readonly Pattern[], within: Within): WrittenName[] =>
    patterns.map((pattern) => ({
      place: place(key),
      text: pattern.text,
      protects: key.startsWith('exclude'),
      ...within(pattern),
    }));
  const ofProject: Within = ({ matches }) => ({ matchesProject: matches });
  const ofRepository: Within = ({ matches }) => ({
    matchesIn: ({ project, repository }) => inProjects(project) && matches(repository),
  });
  const ofTag: Within = ({ matches }) => ({
    matchesIn: (seen) => inRepositories(seen) && (!seen.isWhole || seen.tags.some(matches)),
  });
  return [
    ...names('projects', projects, ofProject),
    ...names('repositories', repositories, ofRepository),
    ...names('tags', tags, ofTag),
    ...names('exclude.projects', exclude.projects, ({ matches }) => ({
      matchesProject: (project) => inProjects(project) && matches(project),
    })),
    ...names('exclude.repositories', exclude.repositories, ofRepository),
    ...names('exclude.tags', exclude.tags, ofTag),
    ...ofTypes(select, { place, names, inRepositories }),
    ...(['all', 'any', 'none'] as const).flatMap((key) =>
      labels[key].map((label) => ({
        place: place(`labels.${key}`),
        text: label,
        protects: key === 'none',
        matchesIn: (seen: SeenRepository) =>
          inRepositories(seen) && (!seen.isWhole || seen.labels.includes(label)),
      })),
    ),
  ];
}

interface Placing {
  readonly place: (key: string) => string;
  readonly names: (
    key: string,
    patterns: readonly Pattern[],
    within: Within,
  ) => readonly WrittenName[];
  readonly inRepositories: (seen: Pick<SeenRepository, 'project' | 'repository'>) => boolean;
}

function ofTypes(
  { types = [], mediaTypes = [], artifactTypes = [], exclude }: WrittenRule['select'],
  { place, names, inRepositories }: Placing,
): readonly WrittenName[] {
  const ofType =
    (key: 'mediaTypes' | 'artifactTypes'): Within =>
    ({ matches }) => ({
      matchesIn: ({ [key]: shown, ...seen }) =>
        inRepositories(seen) && (!seen.isWhole || shown === 'unknown' || [...shown].some(matches)),
    });
  return [
    ...types.map((type) => ({
      place: place('types'),
      text: type,
      protects: false,
      matchesIn: (seen: SeenRepository) =>
        inRepositories(seen) && (!seen.isWhole || seen.types.has(type)),
    })),
    ...names('mediaTypes', mediaTypes, ofType('mediaTypes')),
    ...names('artifactTypes', artifactTypes, ofType('artifactTypes')),
    ...names('exclude.mediaTypes', exclude.mediaTypes, ofType('mediaTypes')),
    ...names('exclude.artifactTypes', exclude.artifactTypes, ofType('artifactTypes')),
  ];
}

type Within = (pattern: Pattern) => Pick<WrittenName, 'matchesProject' | 'matchesIn'>;

const some = (patterns: readonly Pattern[], name: string): boolean =>
  patterns.some(({ matches }) => matches(name));

function ofProtections(protect: WrittenPolicy['protect']): readonly WrittenName[] {
  const { tags, labels, repositories } = protect;
  return [
    ...tags.written.map(({ text, matches }) => ({
      place: 'protect.tags',
      text,
      // The default protects what many registries have none of.
      protects: text !== 'latest',
      matchesIn: (seen: SeenRepository) => !seen.isWhole || seen.tags.some(matches),
    })),
    ...labels.written.map((label) => ({
      place: 'protect.labels',
      text: label,
      protects: label !== 'keep',
      matchesIn: (seen: SeenRepository) => !seen.isWhole || seen.labels.includes(label),
    })),
    ...repositories.written.map(({ text, matches }) => ({
      place: 'protect.repositories',
      text,
      protects: true,
      matchesIn: ({ project, repository }: SeenRepository) =>
        matches(repository) || matches(`${project}/${repository}`),
    })),
  ];
}
