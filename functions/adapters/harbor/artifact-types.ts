import { type Artifact, isIndexMediaType } from '../../domain/artifact.ts';

/** What a row of Harbor says of types. */
interface ShownTypes {
  readonly media_type?: string | undefined;
  readonly manifest_media_type: string;
  readonly artifact_type?: string | undefined;
  readonly repository_name?: string | undefined;
}

/** A row that names its repository is of a Harbor that shows artifact types (2.12 and later). */
export function typesOf(row: ShownTypes): Pick<Artifact, 'configType' | 'artifactType'> {
  const { media_type: configType, artifact_type: shown, repository_name: named } = row;
  const artifactType = shown ?? (named === undefined ? undefined : '');
  return {
    ...(configType === undefined ? {} : { configType }),
    ...(artifactType === undefined || isFilledIn(row) ? {} : { artifactType }),
  };
}

const emptyConfig = 'application/vnd.oci.empty.v1+json';

/**
 * When Harbor learnt artifact types, its migration gave what was there already the media type as its artifact type. It
 * shows where that is impossible: an index that declares none has none, and an empty config needs a declared one.
 */
function isFilledIn(row: ShownTypes): boolean {
  const { media_type: media, manifest_media_type: manifest, artifact_type: shown } = row;
  return (
    media !== undefined && shown === media && (media === emptyConfig || isIndexMediaType(manifest))
  );
}
