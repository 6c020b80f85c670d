import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * The licences of all packages that modules come from, in full: whoever ships somebody's code ships its licence.
 * @throws Error if a package says nothing about its licence
 */
export function licencesOf(modules: readonly string[]): string {
  const folders = new Set(
    modules.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  const namesOf = new Map<string, string[]>();
  for (const [name, text] of [...folders].map(licenceIn).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    namesOf.set(text, [...(namesOf.get(text) ?? []), name]);
  }
  const sections = [...namesOf].map(
    ([text, names]) => `${'─'.repeat(78)}\n${names.join('\n')}\n\n${text}\n`,
  );
  const head = 'The bundles in dist/ contain code of these packages. Their licences:\n';
  return [head, ...sections].join('\n');
}

function licenceIn(folder: string): readonly [string, string] {
  const manifest = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as PackageManifest;
  const { name, version, license } = manifest;
  if (license === undefined) throw new Error(`${name} ${version} names no licence.`);
  const texts = readdirSync(folder)
    .filter((one) => /^(licen[cs]e|copying|notice)/i.test(one))
    .map((one) => readFileSync(join(folder, one), 'utf8').trim());
  return [`${name} ${version}, ${license}`, texts.join('\n\n') || 'No text beside it.'];
}
