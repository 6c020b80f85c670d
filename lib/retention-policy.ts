import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { bundledFile, type BundledFile } from './bundled-file.ts';

/** An object in S3. */
export interface ObjectAddress {
  /** With its `encryptionKey`, if it has a key of its own: the function is then granted to decrypt. */
  readonly bucket: IBucket;
  readonly key: string;
}

/** A folder in S3, with every object in it. */
export interface FolderAddress {
  /** With its `encryptionKey`, if it has a key of its own: the function is then granted to decrypt. */
  readonly bucket: IBucket;
  /** With or without a slash at its end; empty for the whole bucket. */
  readonly prefix: string;
}

/** Lists that the policy names: of digests, of images in use. */
export interface PolicyLists {
  /** Files, put into the bundle; `to` is the path as the policy writes it. @default - none */
  readonly files?: readonly BundledFile[];
  /** Objects, which the function is granted to read. @default - none */
  readonly objects?: readonly ObjectAddress[];
  /** Folders of collected lists, which the function is granted to list and to read. @default - none */
  readonly folders?: readonly FolderAddress[];
}

interface PolicyPlace {
  readonly file?: BundledFile;
  readonly object?: ObjectAddress;
}

/** Where the function finds its policy. Made by its factories only. */
export class RetentionPolicy {
  /** A file, put into the bundle: a changed policy is a new version of the function. */
  static fromFile(path: string, lists: PolicyLists = {}): RetentionPolicy {
    return new RetentionPolicy({ file: bundledFile(path, 'policy') }, lists);
  }

  /**
   * An object, read at the start of every run; its version id stands in the report. A bucket with a key of its own brings
   * it along as `encryptionKey`.
   */
  static fromBucket(bucket: IBucket, key: string, lists: PolicyLists = {}): RetentionPolicy {
    return new RetentionPolicy({ object: { bucket, key } }, lists);
  }

  readonly file: BundledFile | undefined;
  readonly object: ObjectAddress | undefined;
  readonly listFiles: readonly BundledFile[];
  readonly listObjects: readonly ObjectAddress[];
  readonly listFolders: readonly FolderAddress[];

  private constructor(source: PolicyPlace, lists: PolicyLists) {
    this.file = source.file;
    this.object = source.object;
    this.listFiles = (lists.files ?? []).map(({ from, to }) =>
      bundledFile(from, 'list of the policy', to),
    );
    this.listObjects = lists.objects ?? [];
    this.listFolders = (lists.folders ?? []).map(({ bucket, prefix }) => ({
      bucket,
      prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    }));
  }
}
