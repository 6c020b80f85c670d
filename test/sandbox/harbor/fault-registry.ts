import type { Strike } from './faults.ts';
import type { Incoming, Outgoing } from './server.ts';

/** What can be done to a request on its way in, and to an answer on its way out. */
export interface Fault {
  readonly about: string;
  /** Changes the request, or answers in its place: then Harbor never saw it. */
  readonly before?: (
    incoming: Incoming,
    strike: Strike,
  ) => Incoming | Outgoing | Promise<Incoming | Outgoing>;
  /** Changes the answer: what was asked for has been done. */
  readonly after?: (answer: Outgoing, strike: Strike) => Outgoing;
  /** It ends the connection, or leaves it without an answer: what that looks like only a socket shows. */
  readonly cuts?: true;
}

const numberOf = (strike: Strike, fallback: number): number =>
  typeof strike.value === 'number' ? strike.value : fallback;

const failure = (status: number, code: string, message: string): Outgoing => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  text: `${JSON.stringify({ errors: [{ code, message }] })}\n`,
});

const html = (status: number): Outgoing => ({
  status,
  headers: { 'Content-Type': 'text/html' },
  text: `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body><center>nginx</center></body></html>\r\n`,
});

function withoutParameters(incoming: Incoming, names: RegExp): Incoming {
  const [path = '', query] = incoming.url.split(/\?(.*)/s);
  if (query === undefined) return incoming;
  const left = query.split('&').filter((pair) => !names.test(pair));
  return { ...incoming, url: left.length === 0 ? path : `${path}?${left.join('&')}` };
}

function withoutHeader(answer: Outgoing, name: string): Outgoing {
  const headers = Object.entries(answer.headers ?? {}).filter(([key]) => key !== name);
  return { ...answer, headers: Object.fromEntries(headers) };
}

const withHeader = (answer: Outgoing, name: string, value: string): Outgoing => ({
  ...answer,
  headers: { ...answer.headers, [name]: value },
});

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Applies a change to every row of a list, or to the one of a single answer; `value` is the share that is struck. */
function toRows(change: (row: Row) => Row): NonNullable<Fault['after']> {
  return (answer, strike) => {
    if (answer.status !== 200) return answer;
    const share = numberOf(strike, 1);
    const strikeRow = (row: unknown): unknown =>
      isRow(row) && strike.random() < share ? change(row) : row;
    const { json } = answer;
    return { ...answer, json: Array.isArray(json) ? json.map(strikeRow) : strikeRow(json) };
  };
}

/** Takes a share of the rows out of a list and its total. */
function lost(may: (row: Row) => boolean): NonNullable<Fault['after']> {
  return (answer, strike) => {
    if (!Array.isArray(answer.json)) return answer;
    const rows: readonly unknown[] = answer.json;
    const share = numberOf(strike, 1);
    const left = rows.filter((row) => !(isRow(row) && may(row) && strike.random() < share));
    const total = Number(answer.headers?.['X-Total-Count'] ?? 0) - (rows.length - left.length);
    return withHeader({ ...answer, json: left }, 'X-Total-Count', String(total));
  };
}

const emptied =
  (key: string) =>
  (row: Row): Row =>
    key in row ? { ...row, [key]: null } : row;

const neverImmutable = (row: Row): Row =>
  Array.isArray(row['tags'])
    ? {
        ...row,
        tags: row['tags'].map((tag: unknown) => (isRow(tag) ? { ...tag, immutable: false } : tag)),
      }
    : row;

const changed =
  (key: string, value: (row: Row, strike: Strike) => unknown): NonNullable<Fault['after']> =>
  (answer, strike) =>
    isRow(answer.json) && key in answer.json
      ? { ...answer, json: { ...answer.json, [key]: value(answer.json, strike) } }
      : answer;

function cutText(answer: Outgoing): Outgoing {
  const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  const { json: _, ...rest } = answer;
  return { headers: {}, ...rest, text: text.slice(0, Math.floor(text.length / 2)) };
}

/** How many rows a list is asked for, which is Harbor's default without a word. */
const rowsAsked = ({ url }: Incoming): number =>
  Number(new URLSearchParams(url.split('?')[1]).get('page_size') ?? 10);

const repeated = <T>(strike: Strike, fallback: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length: numberOf(strike, fallback) }, (_, index) => one(index));

const digestOf = (index: number): string => `sha256:${index.toString(16).padStart(64, '0')}`;

/** Gives every artifact of an answer something that whoever pushed it chose. */
const everyArtifact =
  (more: (row: Row, strike: Strike) => Row): NonNullable<Fault['after']> =>
  (answer, strike) =>
    toRows((row) => ('manifest_media_type' in row ? { ...row, ...more(row, strike) } : row))(
      answer,
      // All of them: the value is the fault's own.
      { ...strike, value: 1 },
    );

const READ_ONLY = 'The system is in read only mode. Any modification is prohibited.';
const isWrite = (incoming: Incoming): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(incoming.method);

const QUOTA =
  'adding 1.0 MiB of storage resource, which when updated to current usage of 1.0 GiB will exceed the configured upper limit of 1.0 GiB.';
const addsContent = (incoming: Incoming): boolean =>
  (incoming.method === 'POST' && incoming.url.includes('from=')) ||
  (incoming.method === 'PUT' && incoming.url.startsWith('/v2/'));

/** One entry is one fault; tests name it, `path`, `times`, `chance` and the like narrow it. */
export const faultRegistry = {
  slow: {
    about: 'the answer comes `value` ms late (50)',
    before: async (incoming, strike) => {
      await new Promise((resolve) => setTimeout(resolve, numberOf(strike, 50)));
      return incoming;
    },
  },
  'too-many-requests': {
    about: '429 with Retry-After: `value` seconds, or a date as text (1)',
    before: (_, strike) =>
      withHeader(
        failure(429, 'TOO_MANY_REQUEST', 'too many requests'),
        'Retry-After',
        String(strike.value ?? 1),
      ),
  },
  'internal-error': {
    about: '500, nothing done',
    before: () => failure(500, 'UNKNOWN', 'internal server error'),
  },
  'bad-gateway': {
    about: '`value` (502) with a page of HTML, from a proxy: Harbor never saw the request',
    before: (_, strike) => html(numberOf(strike, 502)),
  },
  'gateway-timeout': {
    about: 'the same from a proxy that gave up waiting: Harbor did what was asked (T36)',
    after: (_, strike) => html(numberOf(strike, 504)),
  },
  'late-above': {
    about: '504 from a gateway where more than `value` (10) rows are asked for',
    before: (incoming, strike) =>
      rowsAsked(incoming) > numberOf(strike, 10) ? html(504) : incoming,
  },
  'silent-above': {
    about: 'no answer within any time where more than `value` (10) rows are asked for',
    cuts: true,
    before: (incoming, strike) =>
      rowsAsked(incoming) > numberOf(strike, 10) ? { status: 0, cut: 'never' } : incoming,
  },
  'huge-annotation': {
    about: 'every artifact of a list bears an annotation of `value` bytes (1,000)',
    after: everyArtifact((_, strike) => ({
      annotations: { padding: 'x'.repeat(numberOf(strike, 1_000)) },
    })),
  },
  'many-tags': {
    about: 'every artifact of a list bears `value` tags (200,000)',
    after: everyArtifact((row, strike) => ({
      tags: repeated(strike, 200_000, (index) => ({
        id: index + 1,
        name: `t-${index}`,
        immutable: false,
        push_time: row['push_time'],
        pull_time: row['pull_time'],
      })),
    })),
  },
  'many-children': {
    about: 'every artifact of a list lists `value` children (10,000)',
    after: everyArtifact((_, strike) => ({
      references: repeated(strike, 10_000, (index) => ({ child_digest: digestOf(index) })),
    })),
  },
  'many-accessories': {
    about: 'every artifact of a list has `value` accessories (10,000)',
    after: everyArtifact((_, strike) => ({
      accessories: repeated(strike, 10_000, (index) => ({
        digest: digestOf(index),
        type: 'signature.cosign',
        size: 1,
      })),
    })),
  },
  'cut-before': {
    about: 'the connection breaks before Harbor saw the request',
    cuts: true,
    before: () => ({ status: 0, cut: 'before' }),
  },
  'cut-after': {
    about: 'Harbor did it, but the connection breaks without an answer (T36)',
    cuts: true,
    after: (answer) => ({ ...answer, cut: 'before' }),
  },
  'half-answer': {
    about: 'the connection breaks in the middle of the answer',
    cuts: true,
    after: (answer) => ({ ...answer, cut: 'half' }),
  },
  'truncated-json': {
    about: 'a complete answer whose JSON ends in the middle',
    after: cutText,
  },
  'not-json': {
    about: '200 with a page of HTML, as a login page of a proxy',
    after: () => ({ ...html(200), status: 200 }),
  },
  'total-wrong': {
    about: 'X-Total-Count is off by `value` (1)',
    after: (answer, strike) => {
      const total = answer.headers?.['X-Total-Count'];
      if (total === undefined) return answer;
      return withHeader(answer, 'X-Total-Count', String(Number(total) + numberOf(strike, 1)));
    },
  },
  'total-missing': {
    about: 'no X-Total-Count',
    after: (answer) => withoutHeader(answer, 'X-Total-Count'),
  },
  'rows-dropped': {
    about: 'the last `value` (1) rows of a list are missing, the total is right',
    after: (answer, strike) =>
      Array.isArray(answer.json)
        ? {
            ...answer,
            json: answer.json.slice(0, Math.max(answer.json.length - numberOf(strike, 1), 0)),
          }
        : answer,
  },
  'rows-repeated': {
    about: 'the first row of a list comes twice',
    after: (answer) =>
      Array.isArray(answer.json)
        ? {
            ...answer,
            json: [...(answer.json as unknown[]).slice(0, 1), ...(answer.json as unknown[])],
          }
        : answer,
  },
  'link-endless': {
    about: 'every list has a next page (T12)',
    after: (answer) =>
      Array.isArray(answer.json)
        ? withHeader(answer, 'Link', '</api/v2.0/projects?page=1&page_size=10>; rel="next"')
        : answer,
  },
  'flags-ignored': {
    about: 'with_label, with_accessory and the like have no effect (T8)',
    before: (incoming) => withoutParameters(incoming, /^with_(?!tag=)/),
  },
  'tags-unread': {
    about:
      'the tags of a share `value` (1) of the rows could not be read: null, with 200 (T9, T48)',
    after: toRows(emptied('tags')),
  },
  'labels-unread': {
    about: 'the labels of a share `value` (1) of the rows could not be read',
    after: toRows(emptied('labels')),
  },
  'accessories-unread': {
    about: 'the accessories of a share `value` (1) of the rows could not be read',
    after: toRows(emptied('accessories')),
  },
  'references-unread': {
    about: 'the children of a share `value` (1) of the rows could not be read',
    after: toRows(emptied('references')),
  },
  'pulls-unread': {
    about: 'the pull times of a share `value` (1) of the rows are zero (T13)',
    after: toRows((row) =>
      'pull_time' in row ? { ...row, pull_time: '0001-01-01T00:00:00.000Z' } : row,
    ),
  },
  'immutability-unread': {
    about: 'no tag of a share `value` (1) of the rows is immutable',
    after: toRows(neverImmutable),
  },
  'q-ignored': {
    about: 'the filter has no effect (T10)',
    before: (incoming) => withoutParameters(incoming, /^q=/),
  },
  'pull-filter-ignored': {
    about: 'of a filter the bound on pull_time has no effect, as of an unknown key (T10)',
    before: (incoming) => ({
      ...incoming,
      url: incoming.url.replace(/(?:%2C)?pull_time%3D%5B[^&]*?%5D(?=%2C|&|$)/, ''),
    }),
  },
  'pull-filter-loose': {
    about: 'of a filter the bound on pull_time is `value` (30) days earlier than asked for',
    before: (incoming, strike) => ({
      ...incoming,
      url: incoming.url.replace(/(?<=pull_time%3D%5B)[^&]*?(?=~)/, (bound) => {
        const at = Date.parse(`${decodeURIComponent(bound)}Z`) - numberOf(strike, 30) * 86_400_000;
        return encodeURIComponent(new Date(at).toISOString().slice(0, 19));
      }),
    }),
  },
  'rows-lost': {
    about: 'a share `value` (1) of the rows of a list is missing, and the total with them',
    after: lost(() => true),
  },
  'untagged-lost': {
    about: 'the same of the untagged rows alone',
    after: lost((row) => row['tags'] === null),
  },
  'sort-ignored': {
    about: 'the order is the default (T10)',
    before: (incoming) => withoutParameters(incoming, /^sort=/),
  },
  anonymous: {
    about: 'the caller is taken for nobody (T1, T2)',
    before: (incoming) => {
      const { authorization: _, ...headers } = incoming.headers;
      return { ...incoming, headers };
    },
  },
  'clock-skew': {
    about: 'current_time is `value` ms off (600,000)',
    after: changed('current_time', (row, strike) =>
      new Date(Date.parse(String(row['current_time'])) + numberOf(strike, 600_000)).toISOString(),
    ),
  },
  'other-version': {
    about: 'systeminfo shows the version `value`, whatever this one does',
    after: changed('harbor_version', (_, strike) => strike.value ?? 'v2.4.3-0a1b2c3d'),
  },
  'version-missing': {
    about: 'systeminfo has no version, as for nobody',
    after: (answer) => {
      if (!isRow(answer.json) || !('harbor_version' in answer.json)) return answer;
      const { harbor_version: _, ...json } = answer.json;
      return { ...answer, json };
    },
  },
  'read-only': {
    about: 'every write is 403 DENIED; systeminfo does not say so',
    before: (incoming) => (isWrite(incoming) ? failure(403, 'DENIED', READ_ONLY) : incoming),
  },
  'artifact-count-zero': {
    about: 'artifact_count is 0 by an internal error (T24)',
    after: toRows((row) => ('artifact_count' in row ? { ...row, artifact_count: 0 } : row)),
  },
  'quota-full': {
    about: 'pushes and copies are 403 DENIED',
    before: (incoming) => (addsContent(incoming) ? failure(403, 'DENIED', QUOTA) : incoming),
  },
  forbidden: {
    about: '403 FORBIDDEN, as for a missing permission',
    before: () => failure(403, 'FORBIDDEN', 'forbidden'),
  },
  'lost-blob-links': {
    about:
      'a copy or push that overlaps a deletion in another repository of the project loses shared links (T40)',
  },
  'lost-tags': {
    about: 'a tag that a push moves while the old image or tag is deleted is lost (T47)',
  },
  deadlock: {
    about:
      'a deletion that overlaps a push or copy into the same repository, or one elsewhere in the project that shares a layer, is 500, nothing done (T49)',
  },
  'deadlock-push': {
    about: 'of the two the push or copy is 500, nothing done (T49)',
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faultRegistry;

/** The registry's entries with their common shape. */
export const allFaults: readonly (readonly [FaultName, Fault])[] = Object.entries(
  faultRegistry,
) as [FaultName, Fault][];
