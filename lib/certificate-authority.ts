import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { bundledFile, type BundledFile } from './bundled-file.ts';

/**
 * PEM certificates of a private authority, trusted for Harbor only (docs/design.md#a-private-certificate-authority).
 */
export class CertificateAuthority {
  /** A PEM file, put into the bundle. */
  static fromFile(path: string): CertificateAuthority {
    return new CertificateAuthority(bundledFile(path, 'certificate authority'), undefined);
  }

  /** A secret that holds the PEM text; read at the start of every run. */
  static fromSecret(secret: ISecret): CertificateAuthority {
    return new CertificateAuthority(undefined, secret);
  }

  readonly file: BundledFile | undefined;
  readonly secret: ISecret | undefined;

  private constructor(file: BundledFile | undefined, secret: ISecret | undefined) {
    this.file = file;
    this.secret = secret;
  }
}
