// Loads the production bundle, as a cold start does.
import { pathToFileURL } from 'node:url';
import { measure } from './child.ts';

await measure(async ({ entry }: { readonly entry: string }) => {
  await import(pathToFileURL(entry).href);
  return {};
});
