// `npm run bench:harbor`: a dry run of one project of any Harbor, and with `-- --own` Harbor's own retention beside it.
import { type By, type DryRun, dryRunOf, ownDryRunOf, type Target } from './dry-run-on-harbor.ts';
import { short } from './table.ts';

const {
  HARBOR_URL: url = '',
  HARBOR_USER: username = '',
  HARBOR_PASSWORD: password = '',
  HARBOR_PROJECT: project = '',
} = process.env;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function inWords(by: By, run: DryRun): string {
  const { median, slowest } = run.pageMs;
  return `${by}: 30d: ${short(run.seconds)} s; ${short(run.artifacts)} artifacts, ${short(run.condemned)} condemned; ${short(run.requests)} requests, ${short(run.pages)} of them pages of artifacts: ${short(median)} ms at the median, ${short(slowest)} ms at most`;
}

async function bench(target: Target, withOwn: boolean): Promise<void> {
  for (const by of ['pushedWithin', 'pulledWithin'] as const) {
    const ours = await dryRunOf(target, by);
    say(inWords(by, ours));
    if (!withOwn) continue;
    const own = await ownDryRunOf(target, by);
    if ('because' in own) say(`  Harbor's own dry run: not started, because ${own.because}`);
    else {
      const times = short(own.seconds / ours.seconds);
      say(
        `  Harbor's own dry run of the nearest policy: ${short(own.seconds)} s; ${short(own.artifacts)} artifacts, ${short(own.condemned)} to go; ours is ${times} × as fast`,
      );
    }
  }
}

if ([url, username, password, project].includes('')) {
  process.stderr.write(
    'HARBOR_URL, HARBOR_USER, HARBOR_PASSWORD and HARBOR_PROJECT are needed: a Harbor, an account that may read the project, and the project. `-- --own` makes a retention policy in the project, lets Harbor run it dry, and removes it: then the account must be an administrator of the project.\n',
  );
  process.exitCode = 2;
} else {
  await bench({ url, username, password, project }, process.argv.includes('--own'));
}
