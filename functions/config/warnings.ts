import { defined } from '../domain/defined.ts';
import { harborTypes } from '../domain/artifact.ts';
import { keepConditions } from '../rules/keep/index.ts';
import type { CrossFinding } from './cross-checks.ts';
import type { WrittenPolicy } from './policy-schema.ts';
import { nearest } from './suggest.ts';

type Warn = (policy: WrittenPolicy) => readonly CrossFinding[];

/** What is allowed and may still not be meant; all run, none stops a policy. */
export const warnings: readonly Warn[] = [
  noRules,
  untaggedWithoutMemory,
  groupsWithoutCount,
  excludedTagsOfUntagged,
  unknownTypes,
  latestUnprotected,
  noFloor,
  noTrash,
  noLimits,
  copiesGoBeforeRollout,
];

function noRules({ rules }: WrittenPolicy): readonly CrossFinding[] {
  if (rules.length > 0) return [];
  return [{ path: ['rules'], message: 'has no rule: nothing will ever be deleted' }];
}

function untaggedWithoutMemory({ rules }: WrittenPolicy): readonly CrossFinding[] {
  return rules.flatMap(({ select, keep }, index) => {
    if (select.tags !== undefined || (keep !== 'none' && 'untaggedWithin' in keep)) return [];
    return [
      {
        path: ['rules', index, 'keep'],
        message:
          'has no untaggedWithin: what was tagged latest until an hour ago is judged by its old push time',
        allowed: 'untaggedWithin: 7d beside the other conditions',
        atKey: true,
      },
    ];
  });
}

function groupsWithoutCount({ rules }: WrittenPolicy): readonly CrossFinding[] {
  return rules.flatMap(({ keep }, index) => {
    if (keep === 'none') return [];
    const { groupBy, all } = keep;
    const counts = keepConditions.some(
      ({ key }) => keep[key]?.kind === 'count' || all?.[key]?.kind === 'count',
    );
    if (groupBy === undefined || counts) return [];
    return [
      {
        path: ['rules', index, 'keep', 'groupBy'],
        message: 'has no effect: no condition of this rule counts',
        atKey: true,
      },
    ];
  });
}

function excludedTagsOfUntagged({ rules }: WrittenPolicy): readonly CrossFinding[] {
  return rules.flatMap(({ select: { tags, exclude } }, index) =>
    tags === undefined && exclude.tags.length > 0
      ? [
          {
            path: ['rules', index, 'select', 'exclude', 'tags'],
            message: 'has no effect: the rule is about artifacts without tags',
            atKey: true,
          },
        ]
      : [],
  );
}

function unknownTypes({ rules }: WrittenPolicy): readonly CrossFinding[] {
  return rules.flatMap(({ select: { types = [] } }, index) =>
    types.flatMap((type, position) => {
      if (harborTypes.some((known) => known === type)) return [];
      const meant = nearest(type, harborTypes);
      return [
        {
          path: ['rules', index, 'select', 'types', position],
          message: 'is no type that Harbor gives by itself: this may select nothing',
          allowed: `${harborTypes.join(', ')}, or FOO for a config media type such as application/vnd.example.foo.config.v1+json; mediaTypes select by the media type itself`,
          ...defined({ suggestion: meant }),
        },
      ];
    }),
  );
}

function latestUnprotected({ protect }: WrittenPolicy): readonly CrossFinding[] {
  if (protect.tags.written.some((pattern) => pattern.matches('latest'))) return [];
  return [{ path: ['protect', 'tags'], message: 'no longer protects latest', atKey: true }];
}

function noFloor({ protect }: WrittenPolicy): readonly CrossFinding[] {
  if (protect.keepAtLeast > 0) return [];
  return [
    {
      path: ['protect', 'keepAtLeast'],
      message: 'lets a run delete the last artifact of a repository',
    },
  ];
}

function noTrash({ trash }: WrittenPolicy): readonly CrossFinding[] {
  if (trash !== 'off') return [];
  return [{ path: ['trash'], message: 'is off: what is deleted cannot be put back' }];
}

function noLimits({ limits }: WrittenPolicy): readonly CrossFinding[] {
  const { maxDeletions, maxDeletionsPercent } = limits;
  if (maxDeletions !== 'unlimited' || maxDeletionsPercent !== 'unlimited') return [];
  return [
    { path: ['limits'], message: 'puts no limit on the number of deletions in a run', atKey: true },
  ];
}

function copiesGoBeforeRollout({ rollout, trash }: WrittenPolicy): readonly CrossFinding[] {
  if (rollout === undefined || trash === 'off' || trash.keepFor >= rollout.over) return [];
  return [
    {
      path: ['rollout', 'over'],
      message:
        'is longer than trash.keepFor: copies leave the trash before the roll-out is over, and with them the signs that they were missed',
      allowed: 'at most trash.keepFor',
    },
  ];
}
