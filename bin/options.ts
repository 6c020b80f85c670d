import { InvalidArgumentError, Option } from 'commander';
import { defaults } from '../functions/contract.ts';
import { usualPolicy } from './policy-file.ts';

export const policy = (what = 'the policy'): Option =>
  new Option('--policy <file>', `${what}; else ${usualPolicy} of this folder`);

/** Where runs are kept unless the user says otherwise. */
export const defaultOut = '.harbor-retention';

export const out = () =>
  new Option(
    '--out <place>',
    'folder in which runs and reports are kept, or s3://BUCKET/PREFIX of a deployment',
  ).default(defaultOut);
export const json = () => new Option('--json', 'for machines').default(false);

export const connectionOptions = (): readonly Option[] => [
  new Option('--harbor <url>', 'base URL; else that of the credentials, else $HARBOR_URL'),
  new Option(
    '--credentials <file>',
    'JSON with username and password; else $HARBOR_USER and $HARBOR_PASSWORD',
  ),
  new Option('--ca <file>', 'PEM of a private certificate authority; else $HARBOR_CA'),
  new Option('--max-concurrency <count>', 'requests to Harbor at the same time, 1 to 8')
    .argParser(wholeNumber(1, defaults.maxConcurrency))
    .default(defaults.maxConcurrency),
  new Option(
    '--requests-per-second <count>',
    'requests to Harbor that begin within any second, 1 to 1000; else as many as it answers',
  ).argParser(wholeNumber(1, 1000)),
];

/**
 * A reader of whole numbers within bounds. @throws InvalidArgumentError, which commander shows after the flag's name
 */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
