import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { EmbeddedHarbor } from './harbor/index.ts';
import { digestOf } from './harbor/content.ts';
import type { Platform } from './harbor/rows.ts';

/** A push, as `../shared/history` has it: its README tells the fields. */
export interface HistoryLine {
  /** Unix seconds, UTC. */
  readonly t: number;
  readonly repo: string;
  readonly id: string;
  readonly new: boolean;
  readonly tags: readonly string[];
  readonly arch: readonly string[];
}

export const HISTORY_FILE = new URL(
  '../../../shared/history/official-images.ndjson.gz',
  import.meta.url,
);

/** The lines of the history, in order of time. */
export function readHistory(file: URL = HISTORY_FILE): HistoryLine[] {
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryLine);
}

const platforms = new Map<string, Platform>();

/** `arm32v7`, `windows-amd64` and the like in OCI's words. */
function platformOf(arch: string): Platform {
  const known = platforms.get(arch);
  if (known !== undefined) return known;
  const windows = arch.startsWith('windows-');
  const bare = windows ? arch.slice('windows-'.length) : arch;
  const arm = /^arm(32|64)(v\d)$/.exec(bare);
  const platform: Platform =
    arm === null
      ? { architecture: bare === 'i386' ? '386' : bare, os: windows ? 'windows' : 'linux' }
      : { architecture: arm[1] === '64' ? 'arm64' : 'arm', os: 'linux', variant: arm[2] ?? '' };
  platforms.set(arch, platform);
  return platform;
}

/** Bytes per platform, 20 to 400 MB, decided by the image's name. */
const sizeOf = (id: string): number =>
  20_000_000 + (Number.parseInt(id.slice(0, 7), 16) % 380_000_000);

export interface HistoryOptions {
  /** The project a repository lies in; all in `library` unless said otherwise. */
  readonly projectOf?: (repository: string) => string;
}

/**
 * Replays pushes that were really made, with nobody ever deleting: images that lost their last tag stay, untagged.
 * Nobody pulls; who needs pulls adds them.
 */
export function seedHistory(
  harbor: EmbeddedHarbor,
  lines: Iterable<HistoryLine>,
  options: HistoryOptions = {},
): void {
  const projectOf = options.projectOf ?? (() => 'library');
  const projects = new Set(harbor.state.projects().map((project) => project.name));
  for (const line of lines) {
    const project = projectOf(line.repo);
    if (!projects.has(project)) {
      harbor.seed.project(project);
      projects.add(project);
    }
    const isIndex = line.arch.length > 1;
    harbor.seed.push({
      project,
      repository: line.repo,
      digest: digestOf(line.id),
      tags: line.tags,
      pushedAt: line.t * 1000,
      size: sizeOf(line.id) * line.arch.length,
      ...(isIndex ? { platforms: line.arch.map(platformOf) } : {}),
    });
  }
}
