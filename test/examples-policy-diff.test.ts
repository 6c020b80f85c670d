// The jobs of docs/pull-requests.md: their scripts run here, with stand-ins for npx, gh and GitLab.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { root } from './support/pages.ts';

const mark = '<!-- harbor-retention diff policy.yaml -->';
const comment = `${mark}\n### Retention: 1 artifact newly condemned\n`;

const example = (name: string): unknown =>
  parse(readFileSync(join(root, 'examples', name), 'utf8'));

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly id?: string;
  readonly if?: string;
}

const github = example('github-actions-policy-diff.yaml') as {
  readonly permissions: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: { readonly diff: { readonly steps: readonly Step[] } };
};
const gitlab = (
  example('gitlab-policy-diff.yaml') as {
    readonly 'retention-diff': {
      readonly variables: Readonly<Record<string, string>>;
      readonly script: readonly string[];
    };
  }
)['retention-diff'];

/** Programs that write down how they were called, and do this. */
function folderWith(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'job-'));
  for (const [name, script] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/bash\nprintf '%s\\n' "$*" >> ${folder}/${name}.log\n${script}\n`);
    chmodSync(path, 0o755);
  }
  writeFileSync(join(folder, 'expected.md'), comment);
  return folder;
}

const npx = (code: number): string => `cat expected.md; exit ${code}`;
const logOf = (folder: string, name: string): readonly string[] =>
  readFileSync(join(folder, `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n');

async function bash(
  script: string,
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  const paths = [folder, dirname(process.execPath), process.env['PATH'] ?? ''];
  const options = { cwd: folder, env: { ...env, PATH: paths.join(delimiter) } };
  return await new Promise((resolve) => {
    execFile('bash', ['-eo', 'pipefail', '-c', script], options, (error) =>
      resolve(error === null ? 0 : Number(error.code)),
    );
  });
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};
const called = [
  `--yes harbor-retention@${version} diff deployed policy.yaml --out s3://retention-reports/harbor --format markdown`,
];

describe('GitHub Actions', () => {
  const { steps } = github.jobs.diff;
  const scriptOf = (part: string): string =>
    steps.find(({ run }) => run?.includes(part) === true)?.run ?? '';

  test.each([
    [0, 0],
    [6, 0],
    [2, 1],
    [4, 1],
  ])('a comparison that ends with %d ends its step with %d', async (code, ends) => {
    const folder = folderWith({ npx: npx(code) });
    const output = join(folder, 'output');
    const env = { ...github.env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: `${output}.md` };
    expect(await bash(scriptOf('npx'), { folder, env })).toBe(ends);
    expect(logOf(folder, 'npx')).toEqual(called);
    expect(readFileSync(join(folder, 'comment.md'), 'utf8')).toBe(comment);
    expect(readFileSync(`${output}.md`, 'utf8')).toBe(comment);
    expect(readFileSync(output, 'utf8')).toBe(`code=${code}\n`);
  });

  test.each([
    ['nothing', 'api --method POST issues/1/comments --field body=@comment.md --silent'],
    ['77', 'api --method PATCH repos/o/r/issues/comments/77 --field body=@comment.md --silent'],
  ])('where gh finds %s, the comment is added or changed', async (id, expected) => {
    const found = id === 'nothing' ? '' : `echo ${id}`;
    // It finds something only if it is asked with the mark.
    const asked = `[ "$mark" = '${mark}' ] || exit 9\n[ "$2" != --paginate ] || { ${found || ':'}; }`;
    const folder = folderWith({ gh: asked });
    writeFileSync(join(folder, 'comment.md'), comment);
    const env = { COMMENTS: 'issues/1/comments', REPOSITORY: 'o/r' };
    expect(await bash(scriptOf('gh api'), { folder, env })).toBe(0);
    const [search, ...sent] = logOf(folder, 'gh');
    expect(search).toContain('startswith(env.mark)');
    expect(sent).toEqual([expected]);
  });

  test('asks for no more rights than it needs, and is red where more goes', () => {
    expect(github.permissions).toEqual({
      contents: 'read',
      'id-token': 'write',
      'pull-requests': 'write',
    });
    const { id = '' } = steps.find(({ run }) => run?.includes('npx') === true) ?? {};
    expect(steps.at(-1)).toMatchObject({
      if: `steps.${id}.outputs.code == '6'`,
      run: expect.stringContaining('exit 6'),
    });
  });
});

/** A GitLab with these notes on two pages, which writes down what is sent. */
async function startGitlab(notes: readonly { readonly id: number; readonly body: string }[]) {
  const sent: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      if (headers['private-token'] !== 'note-writer') response.statusCode = 401;
      const page = Number(new URL(url, 'http://gitlab').searchParams.get('page'));
      if (method !== 'GET') sent.push(`${method} ${url} ${body}`);
      if (page === 1) response.setHeader('x-next-page', '2');
      response.end(JSON.stringify(method === 'GET' ? (page === 2 ? notes : []) : {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { sent, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

describe('GitLab', () => {
  async function job(
    code: number,
    notes: readonly { readonly id: number; readonly body: string }[],
  ) {
    const server = await startGitlab(notes);
    const folder = folderWith({ npx: npx(code) });
    const env = {
      ...gitlab.variables,
      AWS_TOKEN: 'web-identity',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'aws-token'),
      CI_API_V4_URL: server.url,
      CI_PROJECT_ID: '5',
      CI_MERGE_REQUEST_IID: '3',
      RETENTION_COMMENT_TOKEN: 'note-writer',
    };
    const ended = await bash(gitlab.script.join('\n'), { folder, env });
    server.close();
    expect(logOf(folder, 'npx')).toEqual(called);
    expect(readFileSync(env.AWS_WEB_IDENTITY_TOKEN_FILE, 'utf8')).toBe('web-identity');
    return { ended, sent: server.sent };
  }
  const body = JSON.stringify({ body: comment });
  const notes = '/projects/5/merge_requests/3/notes';

  test.each([0, 6])('a comparison that ends with %d writes a note and ends so', async (code) => {
    expect(await job(code, [{ id: 8, body: 'Looks good.' }])).toEqual({
      ended: code,
      sent: [`POST ${notes} ${body}`],
    });
  });

  test('a note that is there already is changed, on whatever page it stands', async () => {
    expect(await job(6, [{ id: 9, body: `${mark}\nold` }])).toEqual({
      ended: 6,
      sent: [`PUT ${notes}/9 ${body}`],
    });
  });

  test('a comparison that failed writes no note', async () => {
    expect(await job(2, [])).toEqual({ ended: 1, sent: [] });
  });
});

// The official schemas are in no npm package: CI_SCHEMAS names a folder with github-workflows.json (of SchemaStore) and
// gitlab-ci.json (of GitLab), for example that of Python's check-jsonschema.
const schemas = process.env['CI_SCHEMAS'];
if (schemas === undefined)
  console.warn('The schemas of GitHub and GitLab: skipped, CI_SCHEMAS is not set');
else
  test.each([
    ['github-workflows.json', 'github-actions-policy-diff.yaml'],
    ['gitlab-ci.json', 'gitlab-policy-diff.yaml'],
  ])('%s accepts %s', (schema, name) => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const text = readFileSync(join(schemas, schema), 'utf8');
    const accepts = ajv.compile(JSON.parse(text) as object);
    accepts(example(name));
    expect(accepts.errors).toBeNull();
    const [first = ''] = Object.keys(example(name) as object).slice(-1);
    expect(accepts({ ...(example(name) as object), [first]: { scripts: 1 } })).toBe(false);
  });
