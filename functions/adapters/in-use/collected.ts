import * as z from 'zod';
import { defined } from '../../domain/defined.ts';
import type { InUseConfig } from '../../domain/policy.ts';
import type { Warning } from '../../domain/warning.ts';
import { RetentionError } from '../../errors.ts';
import type { InUseList, InUseSource, ListFolderOpener, ListPlace } from '../../ports.ts';
import { workloadAnswer } from '../workload-answer.ts';

const text = z.string().min(1);
const common = {
  must: z.array(text).min(1),
  scopes: z.record(z.string(), text).default({}),
  mayBeEmpty: z.array(text).default([]),
};

const options = z.union([
  z.strictObject(common).transform((one) => ({ ...one, place: { kind: 'store' } as const })),
  z.strictObject({ ...common, folder: text }).transform(({ folder, ...one }) => ({
    ...one,
    place: { kind: 'folder', path: folder } as const,
  })),
  z
    .strictObject({ ...common, s3: z.strictObject({ bucket: text, prefix: z.string() }) })
    .transform(({ s3, ...one }) => ({ ...one, place: { kind: 's3', ...s3 } as const })),
]);

type Options = z.output<typeof options> & { readonly place: ListPlace };

const ending = '.ndjson';

/**
 * Images that workloads use, from all lists that collectors wrote to a folder (docs/policy.md#collected-lists). A list
 * that must be there and is not, is not known.
 * @throws RetentionError policy-invalid for options that are none of its forms
 */
export function collectedSource(config: InUseConfig, openFolder: ListFolderOpener): InUseSource {
  const parsed = options.safeParse(config.options);
  if (!parsed.success) {
    throw new RetentionError(
      'policy-invalid',
      'protect.inUse, source collected: must: [...] was expected, and at most one of folder: PATH and s3: { bucket, prefix }.',
    );
  }
  const { data } = parsed;
  const folder = openFolder(data.place);
  return {
    name: folder.address,
    ...defined({ scope: config.scope }),
    read: async () => {
      try {
        const files = (await folder.list()).filter((file) => file.endsWith(ending));
        const lying = files.map((file) => file.slice(0, -ending.length));
        const names = new Set([...data.must, ...lying]);
        return await Promise.all(
          [...names].map((name) => {
            const at = `${folder.address}/${name}${ending}`;
            const read = () =>
              lying.includes(name) ? folder.read(`${name}${ending}`) : Promise.resolve(undefined);
            return answerOf({ name, at, read }, data, config);
          }),
        );
      } catch (error) {
        const scopes = new Set([
          config.scope,
          ...data.must.map((name) => data.scopes[name] ?? config.scope),
        ]);
        return [...scopes].map((scope) => unknownList(folder.address, scope, error));
      }
    },
  };
}

interface Listed {
  readonly name: string;
  readonly at: string;
  readonly read: () => Promise<string | undefined>;
}

/** One list. Whatever goes wrong with it leaves the other lists as they are. */
async function answerOf(
  { name, at, read }: Listed,
  data: Options,
  config: InUseConfig,
): Promise<InUseList> {
  const scope = data.scopes[name] ?? config.scope;
  const warnings = data.must.includes(name) ? [] : [unexpected(name, at)];
  try {
    const found = await read();
    if (found === undefined) throw noSuchList;
    const own = { ...config, ...defined({ scope }) };
    const doubt = (list: Said): Doubt | undefined => doubtOn(list, name, data);
    return { ...workloadAnswer({ name: at, text: found }, own, doubt), warnings };
  } catch (error) {
    return { ...unknownList(at, scope, error), warnings };
  }
}

function unknownList(name: string, scope: string | undefined, error: unknown): InUseList {
  const because = error instanceof Error ? error.message : String(error);
  const cure = error instanceof RetentionError ? error.remedy : undefined;
  const remedy = cure ?? 'See why it can’t be read.';
  return {
    name,
    entries: [],
    writtenAt: 'unknown',
    unreadable: [{ because, remedy }],
    ...defined({ scope }),
  };
}

const noSuchList = new RetentionError('policy-unreadable', 'there is no such list.', {
  remedy:
    'Let its collector write it; take it out of must where what it speaks of is gone for good.',
});

type Doubt = InUseList['unreadable'][number];

interface Said {
  readonly scope: string;
  readonly uses: number;
}

function doubtOn({ scope, uses }: Said, name: string, { mayBeEmpty }: Options): Doubt | undefined {
  if (scope !== name) {
    return {
      because: `it is the list of ${JSON.stringify(scope)}, by its first line, and lies there as that of ${JSON.stringify(name)}.`,
      remedy: `Let the collector write it to ${scope}${ending}, or with the scope ${name}.`,
    };
  }
  if (uses > 0 || mayBeEmpty.includes(name)) return undefined;
  return {
    because: 'it says that nothing at all is in use.',
    remedy: `See that its collector looks for the right registries; where it is meant, add ${JSON.stringify(name)} to mayBeEmpty of this source.`,
  };
}

function unexpected(name: string, at: string): Warning {
  return {
    code: 'in-use-unexpected',
    on: at,
    message:
      'The list is not under must. What it names is held as long as it lies there, and nobody would notice if it did not.',
    remedy: `Add ${JSON.stringify(name)} to must of this source; or remove the list, if what it speaks of is gone.`,
  };
}
