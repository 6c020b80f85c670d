import { getState, resetState } from 'jest-circus';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A test of a file, ready to be run as often as one likes. */
export interface CollectedTest {
  /** The file and the title: unique among all tests. */
  readonly id: string;
  readonly file: string;
  readonly isSkipped: boolean;
  /** Rejects if the test fails. */
  readonly run: () => Promise<void>;
}

type Block = ReturnType<typeof getState>['rootDescribeBlock'];
type Hook = Block['hooks'][number];

// A test file asks for what exists only inside jest.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals'
      ? { url: new URL('./jest-globals.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});

/** Loads test files once each into this process, and answers their tests in order. */
export async function collectTests(files: readonly string[]): Promise<readonly CollectedTest[]> {
  const tests: CollectedTest[] = [];
  for (const file of files) {
    resetState();
    await import(pathToFileURL(file).href);
    const found = testsIn(getState().rootDescribeBlock, { file, names: [], hooks: [] });
    if (found.length === 0) throw new Error(`${file} holds no test`);
    tests.push(...found);
  }
  const ids = new Set(tests.map(({ id }) => id));
  if (ids.size < tests.length) {
    const twice = tests.find(({ id }) => !ids.delete(id));
    throw new Error(`two tests of one file have the same title: ${twice?.id ?? ''}`);
  }
  return tests;
}

interface Above {
  readonly file: string;
  readonly names: readonly string[];
  readonly hooks: readonly Hook[];
}

function testsIn(block: Block, above: Above): readonly CollectedTest[] {
  const { file, names } = above;
  const hooks = [...above.hooks, ...block.hooks];
  if (hooks.some(({ type }) => type === 'beforeAll' || type === 'afterAll')) {
    throw new Error(`${file} uses beforeAll or afterAll, which the warm runner does not know`);
  }
  return block.children.flatMap((child) => {
    if (child.type === 'describeBlock') {
      return testsIn(child, { file, names: [...names, child.name], hooks });
    }
    const id = `${relative(process.cwd(), file)} > ${[...names, child.name].join(' > ')}`;
    const isSkipped = child.mode === 'skip' || child.mode === 'todo';
    return [{ id, file, isSkipped, run: () => runTest(child.fn, hooks) }];
  });
}

type Runnable = Hook['fn'] | undefined;

async function runTest(fn: Runnable, hooks: readonly Hook[]): Promise<void> {
  try {
    for (const hook of hooks) if (hook.type === 'beforeEach') await call(hook.fn);
    await call(fn);
  } finally {
    for (const hook of hooks.toReversed()) if (hook.type === 'afterEach') await call(hook.fn);
  }
}

// Jest's types also allow generators and callbacks; no test here is one.
async function call(fn: Runnable): Promise<void> {
  await (fn as (() => unknown) | undefined)?.();
}
