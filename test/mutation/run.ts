import { Stryker } from '@stryker-mutator/core';

/**
 * `npm run test:mutation`, or `npm run test:mutation -- FILE…` for some files, whether or not their mutants are known from
 * an earlier run.
 */
const files = process.argv.slice(2);
await new Stryker(files.length === 0 ? {} : { mutate: files, force: true }).runMutationTest();
