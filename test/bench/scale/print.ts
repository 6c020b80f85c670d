// `npm run scale`: the simulation that docs/scale.md shows. Inputs are flags (`-- --artifacts 1000000 --roundTripMs 5`);
// `-- --write` puts the result into the document.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inDocument } from './document.ts';
import { inputsFrom } from './inputs.ts';
import { scaleText } from './text.ts';

const args = process.argv.slice(2);
const file = fileURLToPath(new URL('../../../docs/scale.md', import.meta.url));
const isWriting = args.includes('--write');
const text = await scaleText(inputsFrom(args.filter((arg) => arg !== '--write')));
if (isWriting) writeFileSync(file, inDocument(readFileSync(file, 'utf8'), text));
else process.stdout.write(`${text}\n`);
