import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { zipSync } from 'fflate';
import { HarborRetentionTemplate } from '../lib/harbor-retention-template.ts';
import { packageFolder, packageVersion } from './package-folder.ts';

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
  >;
}

/** The template as CDK makes it, and the folder of the function's code. */
function synthesise(): { readonly template: Template; readonly code: string } {
  const { context } = JSON.parse(readFileSync(join(packageFolder, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const outdir = mkdtempSync(join(tmpdir(), 'template-'));
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: {
      ...context,
      'aws:cdk:enable-path-metadata': false,
      'aws:cdk:enable-asset-metadata': false,
    },
  });
  new HarborRetentionTemplate(app, 'HarborRetention');
  const template = app.synth().getStackByName('HarborRetention').template as Template;
  const code = readdirSync(outdir).find((name) => existsSync(join(outdir, name, 'index.mjs')));
  if (code === undefined) throw new Error(`${outdir} has no bundle of the function.`);
  return { template, code: join(outdir, code) };
}

/** The same files give the same bytes, whenever they are made. */
function zip(folder: string): Uint8Array {
  const names = readdirSync(folder).toSorted();
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  return zipSync(files, { level: 9, mtime: '1980-01-01T00:00:00' });
}

/** Writes `harbor-retention.template.json` and the zip that it names into a folder; answers their names. */
export function writeTemplate(folder: string): { readonly template: string; readonly zip: string } {
  const { template, code } = synthesise();
  // The hash of CDK's asset: another code is another name, and so another version of the function.
  const hash = code.slice(code.lastIndexOf('.') + 1).slice(0, 16);
  const name = `harbor-retention-${packageVersion()}-${hash}.zip`;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    Properties['Code'] = { S3Bucket: { Ref: 'CodeBucket' }, S3Key: name };
  }
  mkdirSync(folder, { recursive: true });
  const file = 'harbor-retention.template.json';
  writeFileSync(join(folder, file), `${JSON.stringify(template, undefined, 1)}\n`);
  writeFileSync(join(folder, name), zip(code));
  return { template: file, zip: name };
}

if (import.meta.main) {
  const [folder = join('out', 'template')] = process.argv.slice(2);
  const { template, zip: code } = writeTemplate(folder);
  console.log(`Wrote ${join(folder, template)} and ${join(folder, code)}.`);
}
