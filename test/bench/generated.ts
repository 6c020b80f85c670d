import { createHash } from 'node:crypto';
import type { Artifact, Digest, Tag } from '../../functions/domain/artifact.ts';
import type { Instant } from '../../functions/domain/instant.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import type { CompleteRepository, RepositoryHead } from '../../functions/domain/repository.ts';
import type { Survey } from '../../functions/inventory/preflight.ts';
import type { ProjectHead } from '../../functions/ports.ts';
import { createRandom, type Random } from '../sandbox/harbor/index.ts';
import { inUseOf, listed } from '../support/listed.ts';

/** The moment that all ages count back from. */
export const now: Instant = Date.UTC(2026, 7, 22);

const day = 86_400_000;
const perRepository = 100;
const repositoriesPerProject = 100;
/** Of ten pushes one is an index of two platforms, whose children come as untagged artifacts. */
const platforms = ['amd64', 'arm64'];

const image = 'application/vnd.oci.image.manifest.v1+json';
const index = 'application/vnd.oci.image.index.v1+json';

/** A registry without artifacts: they are made repository by repository, the same every time. */
export interface Generated {
  readonly projects: readonly ProjectHead[];
  readonly heads: readonly RepositoryHead[];
}

/** One repository that holds all. */
export function oneRepository(artifacts: number): Generated {
  const { projects, heads } = generatedHeads(perRepository);
  return {
    projects: projects.map((project) => ({ ...project, repositoryCount: 1 })),
    heads: heads.slice(0, 1).map((head) => ({ ...head, artifactCount: artifacts })),
  };
}

/** Repositories of 20 to 180 artifacts, 100 on average, a hundred to a project. */
export function generatedHeads(artifacts: number): Generated {
  const count = Math.max(1, Math.round(artifacts / perRepository));
  const random = createRandom(artifacts);
  const heads = Array.from({ length: count }, (_, number): RepositoryHead => {
    // Pairs of a small and a large one, so that the sum is exact.
    const spread = Math.floor(createRandom(Math.floor(number / 2) + 1)() * 81);
    return {
      project: `team-${Math.floor(number / repositoriesPerProject)}`,
      name: `service-${number}/image`,
      id: number + 1,
      createdAt: now - 1000 * day,
      updatedAt: now - Math.floor(random() * 30) * day,
      pullCount: Math.floor(random() * 10_000),
      artifactCount: number % 2 === 0 ? perRepository - spread : perRepository + spread,
    };
  });
  const projects = Array.from(
    { length: Math.ceil(count / repositoriesPerProject) },
    (_, number): ProjectHead => ({
      name: `team-${number}`,
      id: number + 1,
      isPublic: false,
      isProxyCache: false,
      repositoryCount: Math.min(repositoriesPerProject, count - number * repositoriesPerProject),
      retentionId: undefined,
      scansOnPush: false,
    }),
  );
  return { projects, heads };
}

/** What a run would know before it lists the first artifact. */
export function generatedSurvey({ projects, heads }: Generated): Survey {
  const registry: Omit<RegistryFacts, 'pullSignal'> = {
    takenAt: now,
    harbor: {
      url: 'https://harbor.example',
      version: 'v2.15.2',
      currentTime: now,
      measuredAt: now,
      readOnly: false,
    },
    projects: projects.map(({ name, id, repositoryCount }) => ({
      name,
      id,
      repositoryCount,
      isPublic: false,
      isProxyCache: false,
      immutableRules: [],
      harborRetention: 'none',
    })),
    replications: [],
    inUse: inUseOf(),
    listedDigests: listed({}),
  };
  return { registry, projects, heads, unplannable: {}, warnings: [] };
}

interface Making {
  readonly random: Random;
  /** Days between two pushes: 400 days of them, or a day and more where they are few. */
  readonly daysApart: number;
  readonly place: string;
  readonly artifacts: Artifact[];
}

/** The artifacts of one repository: builds of branches and pull requests, releases, leftovers, indexes, signatures. */
export function generatedRepository(head: RepositoryHead): CompleteRepository {
  const making: Making = {
    random: createRandom(head.id * 7919),
    daysApart: Math.min(2, 400 / head.artifactCount),
    place: `${head.project}/${head.name}`,
    artifacts: [],
  };
  for (let number = 0; making.artifacts.length < head.artifactCount; number += 1) {
    const room = head.artifactCount - making.artifacts.length;
    if (number % 10 === 9 && room > platforms.length) pushIndex(making, number);
    else making.artifacts.push(artifactOf(making, number, {}));
  }
  const hidden = making.artifacts.flatMap(({ accessories }) =>
    accessories === 'unknown' ? [] : accessories.map(({ digest }) => generatedSignature(digest)),
  );
  return { kind: 'complete', head, artifacts: making.artifacts, hidden };
}

function pushIndex(making: Making, number: number): void {
  const children = platforms.map((platform) =>
    artifactOf(making, number, { tags: [], platform, accessories: [] }),
  );
  making.artifacts.push(...children);
  const own = { children: children.map(({ digest }) => digest), mediaType: index };
  making.artifacts.push(artifactOf(making, number, own));
}

function artifactOf(
  { random, place, artifacts, daysApart }: Making,
  number: number,
  own: Partial<Artifact> & { readonly platform?: string },
): Artifact {
  const { platform = '', ...rest } = own;
  const digest = digestOf(`${place}#${number}${platform}`);
  const pushedAt = now - Math.floor((400 - number * daysApart) * day * (0.5 + random() / 2));
  const pulled = random() < 0.6;
  const pulledAt = pulled ? pushedAt + Math.floor((now - pushedAt) * random()) : 'unknown';
  return {
    id: artifacts.length + 1,
    digest,
    type: 'IMAGE',
    mediaType: image,
    size: 20_000_000 + Math.floor(random() * 200_000_000),
    pushedAt,
    pulledAt,
    tags: namesOf(number, digest).map((name): Tag => ({ name, pushedAt, pulledAt })),
    labels: number % 50 === 7 ? ['keep'] : [],
    children: [],
    accessories:
      number % 8 === 3
        ? [{ digest: digestOf(`${digest}.sig`), type: 'signature.cosign', size: 4_000 }]
        : [],
    ...rest,
  };
}

function namesOf(number: number, digest: Digest): readonly string[] {
  const commit = digest.slice(7, 14);
  if (number === 0) return ['latest', `ci-main-${number}`];
  if (number % 5 === 1) return [`v1.${Math.floor(number / 25)}.${number % 25}`, `sha-${commit}`];
  if (number % 7 === 2) return [];
  if (number % 3 === 0) return [`pr-${Math.floor(number / 9)}-${number}`];
  return [`ci-main-${number}`];
}

const digestOf = (text: string): Digest =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A signature, as its own address shows it. */
export function generatedSignature(digest: Digest): Artifact {
  return {
    id: Number.parseInt(digest.slice(7, 18), 16),
    digest,
    type: 'UNKNOWN',
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 4_000,
    pushedAt: now - 1_000 * 86_400_000,
    pulledAt: 'unknown',
    tags: [],
    labels: [],
    children: [],
    accessories: [],
  };
}
