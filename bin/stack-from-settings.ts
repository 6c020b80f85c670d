import { Annotations, type Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HarborRetention } from '../lib/harbor-retention.ts';
import { HarborRetentionStack } from '../lib/harbor-retention-stack.ts';
import { loadSettings } from './load-settings.ts';

/** A stack with everything that harbor-retention needs. */
export type StackOfSettings = Stack & { readonly retention: HarborRetention };

/**
 * Makes the stack that a settings file describes, under the name that stands there.
 *
 * @param file the path of `settings.yaml`; paths in it are seen from there
 * @throws Error with every mistake of the settings, or of the policy that they name, with line and column
 * @example
 * const app = new App();
 * stackFromSettings(app, 'settings.yaml', { env: { region: 'eu-central-1' } });
 */
export function stackFromSettings(
  scope: Construct,
  file: string,
  props: StackProps = {},
): StackOfSettings {
  const loaded = loadSettings(file);
  if (!loaded.ok) throw mistakes(loaded.report);
  const stack = new HarborRetentionStack(scope, loaded.settings.stackName, { ...props, ...loaded });
  for (const [key, value] of Object.entries(loaded.settings.tags)) Tags.of(stack).add(key, value);
  if (loaded.warnings !== '')
    Annotations.of(stack).addWarningV2('harbor-retention:policy', loaded.warnings);
  return stack;
}

/** What people wrote is to be corrected, not where it was read: no stack trace. */
function mistakes(report: string): Error {
  const error = new Error(report);
  error.stack = report;
  return error;
}
