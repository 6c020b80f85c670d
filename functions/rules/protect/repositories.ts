import { protection } from '../protection.ts';
import { patternsFor } from '../parameters.ts';

/**
 * Holds whole repositories. A pattern may name the repository with or without its project: of two readings
 * the one that holds more is taken.
 */
export const repositories = protection({
  key: 'repositories',
  params: patternsFor('repository').prefault([]),
  description: 'Repositories that are never touched, as patterns, with or without the project.',
  inRepository: ({ projectName, repository }, named) => {
    const full = `${projectName}/${repository}`;
    const by = named.find((pattern) => pattern.matches(full) || pattern.matches(repository));
    return by === undefined
      ? undefined
      : { all: { because: `the repository is protected by "${by.text}"` } };
  },
});
