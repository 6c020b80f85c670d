import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommandLine, bundleConstruct, bundleFunction, bundleWorkloads } from './bundles.ts';
import { writeDeclarations } from './declarations.ts';
import { licencesOf } from './licences.ts';

/**
 * `write-package [FOLDER]`: what `npm pack` puts into the package beside the sources' examples and pages. It has no
 * dependencies: everything is bundled.
 */
const [dist = join(import.meta.dirname, '..', '..', 'dist')] = process.argv.slice(2);

/** Refuses an old Node in a sentence, before anything is loaded that such a one can't read. */
const entry = `'use strict';
if (Number.parseInt(process.versions.node, 10) < 20) {
  throw new Error(\`harbor-retention needs Node 20 or later; this is Node \${process.versions.node}.\`);
}
module.exports = require('./construct.cjs');
`;

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const modules = [
  ...(await bundleFunction(dist)),
  ...(await bundleWorkloads(dist)),
  ...(await bundleCommandLine(dist)),
  ...(await bundleConstruct(dist)),
];
writeFileSync(join(dist, 'construct', 'index.cjs'), entry);
writeDeclarations(join(dist, 'types'));
writeFileSync(join(dist, 'LICENCES.txt'), licencesOf(modules));
