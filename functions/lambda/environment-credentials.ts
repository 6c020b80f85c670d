// Stands in for @aws-sdk/credential-provider-node in the bundle (lib/bundling.ts): Lambda gives its
// role's credentials in the environment and nowhere else, and the other ways in weigh 100 KB.
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
