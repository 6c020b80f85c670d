import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface Certificates {
  /** Of the authority. */
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** A private authority, and certificates of its for 127.0.0.1 and for a client, made for this run. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  const make = (name: string, ...more: readonly string[]): void => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`];
    const argv = ['req', '-x509', ...key, ...files, '-days', '2', ...more];
    execFileSync('openssl', argv, { cwd: folder, stdio: 'ignore' });
  };
  const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key'];
  make('authority');
  make('server', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1');
  make('client', ...signed);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const pair = (name: string) => ({ cert: read(`${name}.pem`), key: read(`${name}.key`) });
  return { ca: read('authority.pem'), server: pair('server'), client: pair('client') };
}
