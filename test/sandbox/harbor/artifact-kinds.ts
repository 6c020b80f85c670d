import { DOCKER_CONFIG, HELM_CONFIG, OCI_CONFIG, isIndexType } from './media-types.ts';

/** Icons are digests of pictures that come with Harbor; the API shows the digest. */
const icons: Readonly<Record<string, string>> = {
  IMAGE: 'sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06',
  CHART: 'sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518',
  UNKNOWN: 'sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f',
};
const fallbackIcon = icons['UNKNOWN'] ?? '';

export const iconOf = (type: string): string => icons[type] ?? fallbackIcon;

/** What Harbor calls an artifact, by its config's media type (an index is an image). */
export function typeOf(configType: string): string {
  if (configType === OCI_CONFIG || configType === DOCKER_CONFIG || isIndexType(configType))
    return 'IMAGE';
  if (configType === HELM_CONFIG) return 'CHART';
  const named = /^application\/vnd\.[^.]*\.(.*)\.config\.[^.]*\+json$/.exec(configType)?.[1];
  return named === undefined ? 'UNKNOWN' : named.toUpperCase();
}

const imageKeys = ['architecture', 'author', 'config', 'created', 'os'];

/** The part of the config that the API shows. */
export function extraAttrsOf(
  type: string,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  if (type === 'CHART') return { ...config };
  if (type !== 'IMAGE') return undefined;
  const attrs: Record<string, unknown> = {};
  for (const key of imageKeys)
    attrs[key] = config[key] ?? (key === 'config' ? {} : key === 'created' ? null : '');
  return attrs;
}
