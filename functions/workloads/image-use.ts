import type { Digest } from '../domain/artifact.ts';
import { isDigest, readImage } from '../domain/image-list.ts';
import type { Known } from '../domain/instant.ts';
import type { WorkloadRole } from '../domain/workload-list.ts';
import type { Findings } from './findings.ts';

/** One image in one place, as an API shows it. */
export interface SeenImage {
  /** As written. */
  readonly image: string;
  /** That of the manifest that runs under the name; undefined while nothing was pulled, or nothing runs. */
  readonly digest: Known<Digest> | undefined;
  readonly by: string;
  readonly role: WorkloadRole;
}

/** Hosts under which this Harbor is pulled from; undefined: any host may be this Harbor. */
export type Registries = readonly string[] | undefined;

/**
 * The use of an image. What can't be known of an image from this Harbor is missing; of another registry's image it does
 * not matter (docs/workloads.md#what-is-not-known).
 */
export function imageUse(seen: SeenImage, registries: Registries): Findings {
  const { image, digest, by, role } = seen;
  const known = isDigest(digest) ? { digest } : {};
  const read = readImage(image);
  if ('problem' in read) {
    const uses = isDigest(digest) ? [{ digest, by, role }] : [];
    return { uses, missing: mayBeOurs(image, registries) ? [unreadable(seen, read.problem)] : [] };
  }
  const uses = [{ image, ...known, by, role }];
  const isLost = digest === 'unknown' && read.digests.length === 0 && mayBeOurs(image, registries);
  return { uses, missing: isLost ? [withoutDigest(seen)] : [] };
}

const dockerHub = 'docker.io';

/** Where a container runtime pulls a name from. */
function hostOf(image: string): string {
  const [first = '', ...path] = image.split('/');
  const isHost = path.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first.toLowerCase() : dockerHub;
}

function mayBeOurs(image: string, registries: Registries): boolean {
  if (registries === undefined) return true;
  // A variable of a template may stand for a host.
  const [literal = ''] = image.split(/[{$]/);
  const isCut = literal !== image && !literal.includes('/');
  return isCut || registries.some((host) => host.toLowerCase() === hostOf(image));
}

const unreadable = ({ image, by }: SeenImage, problem: string) => ({
  what: `the image of ${by}`,
  because: `${JSON.stringify(image.slice(0, 200))} is no name of an image: ${problem}`,
  remedy:
    'Correct the name, delete what has it, or say by "registries" under which hosts this Harbor is pulled from.',
});

const withoutDigest = ({ image, by }: SeenImage) => ({
  what: `the digest of ${image}`,
  because: `${by} runs it, its node does not know the manifest, and the tag may have moved since`,
  remedy:
    'Name the image by digest, let the node pull it again, or say by "registries" under which hosts this Harbor is pulled from.',
});
