import type { Artifact, Digest, Tag } from '../../functions/domain/artifact.ts';
import { sha256Hex } from '../../functions/domain/hash.ts';
import type { Instant, Known } from '../../functions/domain/instant.ts';
import type { CompleteRepository, RepositoryHead } from '../../functions/domain/repository.ts';

/** The instant of every test: a Saturday night. */
export const now: Instant = Date.UTC(2026, 10, 21, 3, 30);

export const hour = 3_600_000;
export const day = 24 * hour;

/** What a test says of an artifact; what it leaves out is ordinary: tagged with its name, pushed 100 days ago. */
export interface Pushed {
  readonly tags?: Known<readonly (string | Moved)[]>;
  readonly daysAgo?: Known<number>;
  readonly pulledDaysAgo?: number;
  readonly labels?: Known<readonly string[]>;
  readonly type?: string;
  readonly configType?: Known<string>;
  readonly artifactType?: Known<string>;
  readonly size?: number;
  /** Names of artifacts that this one, an index, lists. */
  readonly children?: readonly string[];
  /** Names of accessories that Harbor has linked. */
  readonly accessories?: Known<readonly string[]>;
  /** Instead of a digest made of the name: to force an order among equals. */
  readonly digest?: Digest;
}

/** A tag with times of its own. */
export interface Moved {
  readonly name: string;
  readonly daysAgo?: Known<number>;
  readonly pulledDaysAgo?: number;
}

/** The digest that a name stands for in tests. */
export function digestOf(name: string): Digest {
  return `sha256:${sha256Hex(name)}`;
}

/** Cosign's tag about the artifact of that name. */
export function accessoryTag(name: string, suffix: '.sig' | '.att' | '.sbom' | ''): string {
  return `sha256-${sha256Hex(name)}${suffix}`;
}

/** A repository under construction; every verb gives a new one. */
export interface Builder {
  readonly push: (name: string, pushed?: Pushed) => Builder;
  /** An index over artifacts pushed before, or over digests that are not listed. */
  readonly index: (name: string, children: readonly string[], pushed?: Pushed) => Builder;
  /** An artifact without tags. */
  readonly untagged: (name: string, pushed?: Pushed) => Builder;
  /** A cosign tag about another artifact. */
  readonly attest: (name: string, about: string, pushed?: Pushed) => Builder;
  /** Something that the list does not show: an accessory, or a child that was not listed. */
  readonly hidden: (name: string, pushed?: Pushed) => Builder;
  readonly without: (name: string) => Builder;
  readonly artifacts: () => readonly Artifact[];
  /** With all that the artifacts name: what was not pushed is hidden, ordinary and without a tag. */
  readonly repository: () => CompleteRepository;
  /** Without what the list does not show. */
  readonly unread: () => CompleteRepository;
}

/** Starts a repository, `project/name`. */
export function builder(fullName = 'team/web'): Builder {
  return building(fullName, [], []);
}

function building(
  fullName: string,
  artifacts: readonly Artifact[],
  hidden: readonly Artifact[],
): Builder {
  const add = (name: string, pushed: Pushed): Builder =>
    building(fullName, [...artifacts, artifactOf(name, artifacts.length + 1, pushed)], hidden);
  const listed: CompleteRepository = { kind: 'complete', head: headOf(fullName), artifacts };
  return {
    push: (name, pushed = {}) => add(name, pushed),
    index: (name, children, pushed = {}) => add(name, { ...pushed, children }),
    untagged: (name, pushed = {}) => add(name, { ...pushed, tags: [] }),
    attest: (name, about, pushed = {}) =>
      add(name, { tags: [accessoryTag(about, '.att')], ...pushed }),
    without: (name) =>
      building(
        fullName,
        artifacts.filter(({ digest }) => digest !== digestOf(name)),
        hidden,
      ),
    hidden: (name, pushed = {}) =>
      building(fullName, artifacts, [
        ...hidden,
        artifactOf(name, 1_001 + hidden.length, { tags: [], ...pushed }),
      ]),
    artifacts: () => artifacts,
    repository: () => withHidden(listed, hidden),
    unread: () => listed,
  };
}

/** A repository in which everything was read that its artifacts name. */
export function withHidden(
  listed: CompleteRepository,
  hidden: readonly Artifact[] = [],
): CompleteRepository {
  const all = [...hidden];
  const known = new Set([...listed.artifacts, ...hidden].map(({ digest }) => digest));
  const waiting = [...listed.artifacts, ...hidden];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const { accessories, children } = one;
    const own = accessories === 'unknown' ? [] : accessories.map(({ digest }) => digest);
    for (const digest of [...children, ...own]) {
      if (known.has(digest)) continue;
      known.add(digest);
      all.push(artifactOf('', 2_001 + all.length, { digest, tags: [] }));
    }
  }
  return all.length === 0 ? listed : { ...listed, hidden: all };
}

/** What the list of repositories says of one. */
export function headOf(fullName: string): RepositoryHead {
  const slash = fullName.indexOf('/');
  return {
    project: fullName.slice(0, slash),
    name: fullName.slice(slash + 1),
    id: 7,
    createdAt: now - 1000 * day,
    updatedAt: now - day,
    pullCount: 12,
    artifactCount: 3,
  };
}

const indexType = 'application/vnd.oci.image.index.v1+json';
const imageType = 'application/vnd.oci.image.config.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** One artifact, from what a test says of it. */
export function artifactOf(name: string, id: number, pushed: Pushed = {}): Artifact {
  const { children = [], labels = [], accessories = [], type = 'IMAGE', size = 1_000_000 } = pushed;
  const tags = pushed.tags ?? [name];
  return {
    id,
    digest: pushed.digest ?? digestOf(name),
    type,
    mediaType: children.length > 0 ? indexType : manifestType,
    ...typesOf(pushed),
    size,
    pushedAt: ago(pushed.daysAgo ?? 100),
    pulledAt: ago(pushed.pulledDaysAgo ?? 'unknown'),
    tags: tags === 'unknown' ? tags : tags.map((tag) => tagOf(tag, pushed)),
    labels,
    children: children.map(digestOf),
    accessories:
      accessories === 'unknown'
        ? accessories
        : accessories.map((one) => ({
            digest: digestOf(one),
            type: 'signature.cosign',
            size: 5_000,
          })),
  };
}

function typesOf({
  children = [],
  configType = children.length > 0 ? indexType : imageType,
  artifactType = children.length > 0 ? '' : configType,
}: Pushed): Pick<Artifact, 'configType' | 'artifactType'> {
  return {
    ...(configType === 'unknown' ? {} : { configType }),
    ...(artifactType === 'unknown' ? {} : { artifactType }),
  };
}

function tagOf(tag: string | Moved, pushed: Pushed): Tag {
  const moved = typeof tag === 'string' ? { name: tag } : tag;
  return {
    name: moved.name,
    pushedAt: ago(moved.daysAgo ?? pushed.daysAgo ?? 100),
    pulledAt: ago(moved.pulledDaysAgo ?? 'unknown'),
  };
}

function ago(days: Known<number>): Known<Instant> {
  return days === 'unknown' ? days : now - days * day;
}
