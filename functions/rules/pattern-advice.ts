import type { NameKind as AnyKind } from '../domain/legal-names.ts';

/** What selections and protections name; lists have sentences of their own. */
export type NameKind = Exclude<AnyKind, 'image'>;

interface Advice {
  /** Why no name can match. */
  readonly because: string;
  /** What was likely meant. */
  readonly cure: string;
}

type Advisor = (pattern: string, kind: NameKind) => Advice | undefined;

/** The first that has something to say about a pattern speaks. */
const advisors: readonly Advisor[] = [
  mediaTypeWithoutSlash,
  negated,
  listed,
  expressionWithoutSlashes,
  dotStar,
  inCapitals,
  withSlash,
  expressionOfOtherNames,
];

/** Why a pattern matches no legal name of its kind, and what was likely meant. */
export function adviceOn(pattern: string, kind: NameKind): Advice {
  for (const advisor of advisors) {
    const advice = advisor(pattern, kind);
    if (advice !== undefined) return advice;
  }
  return {
    because: legal[kind],
    cure: `a pattern that can match a ${kind}`,
  };
}

const legal: Readonly<Record<NameKind, string>> = {
  project:
    'a project has small letters, digits and . _ - only, and begins and ends with a letter or digit',
  repository:
    'each part of a repository has small letters, digits and . _ - only, and begins and ends with a letter or digit',
  'media type':
    'a media type is two names with a slash between, such as application/vnd.oci.image.config.v1+json',
  tag: 'a tag has letters, digits and . _ - only, at most 128, and begins with none of . and -',
};

const isExpression = (pattern: string): boolean => pattern.startsWith('/');

function mediaTypeWithoutSlash(pattern: string, kind: NameKind): Advice | undefined {
  if (kind !== 'media type' || pattern.includes('/') || pattern.startsWith('!')) return undefined;
  return {
    because: 'a media type has a slash, and * stops at it',
    cure: `write what stands before the slash, too, such as ${JSON.stringify(`application/${pattern}`)}`,
  };
}

function negated(pattern: string): Advice | undefined {
  if (!pattern.startsWith('!')) return undefined;
  const rest = JSON.stringify(pattern.slice(1));
  return {
    because: 'a leading ! negates nothing here: it stands for itself',
    cure: `put ${rest} under exclude`,
  };
}

/** Commas and blanks outside braces. */
function listed(pattern: string): Advice | undefined {
  if (isExpression(pattern)) return undefined;
  const outside = pattern.replace(/\{[^{}]*\}/g, '');
  const separator = outside.includes(',') ? 'comma' : /\s/.test(outside) ? 'blank' : undefined;
  if (separator === undefined) return undefined;
  const parts = pattern.split(/[\s,]+/).filter((part) => part !== '');
  const list = `[${parts.map((part) => JSON.stringify(part)).join(', ')}]`;
  return {
    because: `a ${separator} outside braces stands for itself, and no name has one`,
    cure:
      parts.length > 1
        ? `write a list: ${list}`
        : `write ${JSON.stringify(parts.join(''))} without the ${separator}`,
  };
}

function expressionWithoutSlashes(pattern: string): Advice | undefined {
  if (isExpression(pattern)) return undefined;
  const sign = /[\^$+()|]/.exec(pattern.replace(/\[\^/g, '['))?.[0];
  if (sign === undefined) return undefined;
  return {
    because: `${sign} means nothing outside a regular expression, and no name has one`,
    cure: `put the expression between slashes: ${JSON.stringify(`/${pattern}/`)}`,
  };
}

function dotStar(pattern: string): Advice | undefined {
  if (!pattern.startsWith('.*')) return undefined;
  return {
    because:
      'outside a regular expression .* is a dot and anything after it, and no name begins with a dot',
    cure: `write ${JSON.stringify(pattern.slice(1))}, or put the expression between slashes: ${JSON.stringify(`/${pattern}/`)}`,
  };
}

function inCapitals(pattern: string, kind: NameKind): Advice | undefined {
  if (kind === 'tag' || kind === 'media type') return undefined;
  if (isExpression(pattern) || !/[A-Z]/.test(pattern)) return undefined;
  return {
    because: `a ${kind} has no capitals`,
    cure: JSON.stringify(pattern.toLowerCase()),
  };
}

function withSlash(pattern: string, kind: NameKind): Advice | undefined {
  if (isExpression(pattern) || !pattern.includes('/') || kind === 'media type') return undefined;
  if (kind === 'tag') {
    return {
      because: 'a tag has no slash',
      cure: 'name repositories under repositories, and tags here',
    };
  }
  if (kind === 'project') {
    return {
      because: 'a project has no slash',
      cure: 'name the project here, and the rest under repositories',
    };
  }
  return {
    because: 'the name of a repository begins and ends without a slash, and has no two together',
    cure: JSON.stringify(pattern.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '')),
  };
}

function expressionOfOtherNames(pattern: string, kind: NameKind): Advice | undefined {
  if (!isExpression(pattern)) return undefined;
  return {
    because: `its whole language lies outside that of ${kind}s: ${legal[kind]}`,
    cure: `an expression that matches a whole ${kind}`,
  };
}
