// What a CDK app imports from the package.
export * from '../lib/index.ts';
export { stackFromSettings, type StackOfSettings } from './stack-from-settings.ts';
