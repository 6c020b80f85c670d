import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder, packageVersion } from '../package-folder.ts';

// Before a publication: the changelog has a dated entry for the version.
const text = readFileSync(join(packageFolder, 'CHANGELOG.md'), 'utf8');
const wanted = `## ${packageVersion()} · `;
const [heading = 'none'] = text.split('\n').filter((line) => line.startsWith('## '));
if (!heading.startsWith(wanted) || !/· \d{4}-\d{2}-\d{2}$/.test(heading)) {
  console.error(
    `CHANGELOG.md: the first heading is "${heading}"; before publishing it must be "${wanted}" with the day, as 2026-12-31.`,
  );
  process.exitCode = 1;
}
