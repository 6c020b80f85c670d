import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { bundledFile, type BundledFile } from './bundled-file.ts';

/** An object in S3. */
export interface ObjectAddress {
  /** With its `encryptionKey`, if it has a key of its own: the function is then granted to decrypt. */
  readonly bucket: IBucket;
  readonly key: string;
}

/** Lists that the policy names: of digests, of images in use. */
export interface PolicyLists {
  /** Files, put into the bundle; `to` is the path as the policy writes it. @default - none */
  readonly files?: readonly BundledFile[];
  /** Objects, which the function is granted to read. @default - none */
  readonly objects?: readonly ObjectAddress[];
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

  private constructor(source: PolicyPlace, lists: PolicyLists) {
    this.file = source.file;
    this.object = source.object;
    this.listFiles = (lists.files ?? []).map(({ from, to }) =>
      bundledFile(from, 'list of the policy', to),
    );
    this.listObjects = lists.objects ?? [];
  }
}
