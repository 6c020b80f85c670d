import { writeBundle } from '../lib/bundle.ts';
import type { BundledFile } from '../lib/bundled-file.ts';

/** `write-bundle FOLDER [JSON [ENTRY]]`: a function's bundle, and the files that the JSON names beside it. */
const [folder, files = '[]', entry] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder to write to.');
await writeBundle(folder, JSON.parse(files) as readonly BundledFile[], entry);
