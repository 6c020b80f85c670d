import { existsSync } from 'node:fs';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { HarborRetentionStack } from '../lib/harbor-retention-stack.ts';
import { loadSettings } from './load-settings.ts';

const app = new App();

function settingsPath(): string {
  const given: unknown = app.node.tryGetContext('settings');
  if (typeof given === 'string') return given;
  return existsSync('settings.yaml') ? 'settings.yaml' : 'examples/settings.yaml';
}

const loaded = loadSettings(settingsPath());
if (!loaded.ok) {
  console.error(loaded.report);
  process.exit(1);
}

if (loaded.warnings !== '') console.error(loaded.warnings);

const stack = new HarborRetentionStack(app, loaded.settings.stackName, {
  ...loaded,
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'] },
});
for (const [key, value] of Object.entries(loaded.settings.tags)) Tags.of(stack).add(key, value);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
