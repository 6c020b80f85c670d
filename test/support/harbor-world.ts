import { harborClient, type HarborConnection } from '../../functions/adapters/harbor/client.ts';
import { rateLimiter } from '../../functions/adapters/harbor/rate-limiter.ts';
import { harborReader } from '../../functions/adapters/harbor/reader.ts';
import type { RepositoryHead } from '../../functions/domain/repository.ts';
import type { ArtifactListing, Clock, HarborReader, ProjectHead } from '../../functions/ports.ts';

/** A reader as the adapters make it, with pauses of a millisecond between repeated reads. */
export function readerOf(
  connection: Pick<HarborConnection, 'url' | 'username' | 'password'> & Partial<HarborConnection>,
  clock: Clock,
): HarborReader {
  const client = harborClient({ retries: 3, firstPauseMs: 1, ...connection }, rateLimiter(), clock);
  return harborReader(client, clock, connection);
}

export interface WholeReading {
  readonly projects: readonly ProjectHead[];
  readonly heads: readonly RepositoryHead[];
  /** By `project/repository`. */
  readonly listings: ReadonlyMap<string, ArtifactListing>;
}

export interface ReadingOptions {
  readonly withChildren?: boolean;
  readonly confirmUntagged?: boolean;
  readonly pulledSince?: number;
}

/** Signs in and lists everything, project by project. */
export async function readEverything(
  reader: HarborReader,
  options: ReadingOptions = {},
): Promise<WholeReading> {
  await reader.identify();
  const projects = await reader.listProjects();
  const heads = await reader.listRepositories(projects);
  const listings = new Map<string, ArtifactListing>();
  for (const project of projects) {
    const scope = {
      project: project.name,
      projectId: project.id,
      repositories: heads.filter((head) => head.project === project.name),
      withChildren: options.withChildren ?? false,
      confirmUntagged: options.confirmUntagged ?? true,
      ...(options.pulledSince === undefined ? {} : { pulledSince: options.pulledSince }),
    };
    for await (const listing of reader.listArtifacts(scope)) {
      listings.set(`${listing.head.project}/${listing.head.name}`, listing);
    }
  }
  return { projects, heads, listings };
}

/** Tag names by digest of a complete listing; throws for an incomplete one. */
export function tagsByDigest(
  listing: ArtifactListing | undefined,
): Record<string, readonly string[] | 'unknown'> {
  if (listing?.kind !== 'complete')
    throw new Error(`not complete: ${JSON.stringify(listing?.because)}`);
  return Object.fromEntries(
    listing.artifacts.map((artifact) => [
      artifact.digest,
      artifact.tags === 'unknown' ? 'unknown' : artifact.tags.map((tag) => tag.name).toSorted(),
    ]),
  );
}
