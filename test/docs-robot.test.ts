// The permissions of docs/robot.md suffice, and none of them is too many.
import { expect, test } from '@jest/globals';
import { fileIn, tableBelow } from './support/pages.ts';
import { play, type RobotPermission, scenePolicy, scenes } from './support/robot-scenes.ts';

const page = 'docs/robot.md';
const expiring = 'telling that the robot expires';

interface Row {
  readonly projects: readonly string[];
  readonly trash: readonly string[];
  readonly system: readonly string[];
}

const listed = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([\w-]+:[\w-]+)`/g)].map(([, name = '']) => name);

const rows: ReadonlyMap<string, Row> = new Map(
  tableBelow(page, 'Least, exactly').map(([what = '', projects, trash, system]) => [
    what,
    { projects: listed(projects), trash: listed(trash), system: listed(system) },
  ]),
);

/** What a row stands upon. */
const besides = (what: string): readonly string[] => {
  if (what === 'a dry run') return [];
  return what === 'deleting into the trash' || what.startsWith('telling')
    ? ['a dry run']
    : ['a dry run', 'deleting into the trash', 'purging the trash'];
};

const scopes = ['projects', 'trash', 'system'] as const;
type Scope = (typeof scopes)[number];

const accessOf = (names: readonly string[]) =>
  [...new Set(names)].map((name) => {
    const [resource = '', action = ''] = name.split(':');
    return { resource, action };
  });

/** All that some rows grant, but one. */
function granted(what: readonly string[], without?: readonly [Scope, string]) {
  const of = (scope: Scope) =>
    what
      .flatMap((one) => rows.get(one)?.[scope] ?? [])
      .filter((name) => without?.[0] !== scope || without[1] !== name);
  return { projects: of('projects'), trash: of('trash'), system: of('system') };
}

/** A robot on named projects. */
function robotOf(grants: ReturnType<typeof granted>, duration = -1): string {
  const permissions: RobotPermission[] = [
    { kind: 'project', namespace: 'team', access: accessOf(grants.projects) },
    { kind: 'project', namespace: 'web', access: accessOf(grants.projects) },
    { kind: 'project', namespace: 'retention-trash', access: accessOf(grants.trash) },
    { kind: 'system', namespace: '/', access: accessOf(grants.system) },
  ];
  return JSON.stringify({
    name: 'least',
    level: 'system',
    duration,
    permissions: permissions.filter(({ access }) => access.length > 0),
  });
}

test('the table has a row for everything that a robot does', () => {
  expect([...rows.keys()].toSorted()).toEqual(Object.keys(scenes).toSorted());
});

test.each([...rows.keys()].filter((what) => what !== expiring))(
  'for %s its permissions suffice, on named projects',
  async (what) => {
    const { seen, denied } = await playWhole(what);
    expect(denied).toEqual([]);
    expect(JSON.parse(seen)).toEqual(JSON.parse((await play(what, undefined)).seen));
  },
);

test('a robot that may list robots is told of its end, and nothing is denied to it', async () => {
  const { seen, denied } = await playWhole(expiring);
  expect(denied).toEqual([]);
  expect(seen).toContain('The robot expires on 2026-12-01');
  expect((await play(expiring, undefined)).seen).not.toContain('robot-expires');
});

/** How long the robot of a scene lasts. */
const daysOf = (what: string): number => (what === expiring ? 10 : -1);

const wholes = new Map<string, ReturnType<typeof play>>();

/** Played once, compared with often. */
function playWhole(what: string): ReturnType<typeof play> {
  const played =
    wholes.get(what) ?? play(what, robotOf(granted([...besides(what), what]), daysOf(what)));
  wholes.set(what, played);
  return played;
}

const each = [...rows].flatMap(([what, row]) =>
  scopes.flatMap((scope) => row[scope].map((name) => [what, scope, name] as const)),
);

test.each(each)(
  'for %s, on the %s, %s is needed: without it the run says so, by its name',
  async (...one) => {
    const [what, scope, name] = one;
    const whole = await playWhole(what);
    const grants = granted([...besides(what), what], [scope, name]);
    const { seen } = await play(what, robotOf(grants, daysOf(what)));
    expect(seen === whole.seen).toBe(false);
    // Only these two are missed silently, as the page says.
    expect(seen.includes(name)).toBe(name !== 'quota:list' && name !== 'robot:list');
  },
);

const everywhere = (file: string) => JSON.parse(fileIn(page, file)) as RobotBody;

interface RobotBody {
  readonly permissions: readonly RobotPermission[];
}

const namesIn = ({ permissions }: RobotBody, kind: RobotPermission['kind']): string[] =>
  permissions
    .filter((one) => one.kind === kind)
    .flatMap(({ access }) => access.map(({ resource, action }) => `${resource}:${action}`))
    .toSorted();

/** What the robots on `*` are for; one list holds what projects and trash need. */
const robots: Readonly<Record<string, readonly string[]>> = {
  'robot-dry.json': ['a dry run'],
  'robot-armed.json': [...rows.keys()].filter(
    (what) => !/^(collecting|removing|telling that)/.test(what),
  ),
};

test.each(Object.entries(robots))('%s grants what the table says, no more', (file, what) => {
  const { projects, trash, system } = granted(what);
  const all = [...new Set([...projects, ...trash])].toSorted();
  expect(namesIn(everywhere(file), 'project')).toEqual(all);
  expect(namesIn(everywhere(file), 'system')).toEqual([...new Set(system)].toSorted());
});

test('robot-team.json deletes and purges in its project, no more', () => {
  const { projects, trash, system } = granted([
    'a dry run',
    'deleting into the trash',
    'purging the trash',
  ]);
  const { permissions } = everywhere('robot-team.json');
  const namedFor = (namespace: string) =>
    namesIn({ permissions: permissions.filter((one) => one.namespace === namespace) }, 'project');
  expect(namedFor('team')).toEqual(projects.toSorted());
  expect(namedFor('retention-trash')).toEqual(trash.toSorted());
  expect(namesIn({ permissions }, 'system')).toEqual(system.toSorted());
});

test.each(Object.entries(robots).flatMap(([file, whats]) => whats.map((what) => [file, what])))(
  '%s as it stands there suffices for %s',
  async (file = '', what = '') => {
    const { seen, denied } = await play(what, fileIn(page, file));
    expect(denied).toEqual([]);
    expect(JSON.parse(seen)).toEqual(JSON.parse((await play(what, undefined)).seen));
  },
);

const acknowledged = `${scenePolicy}acknowledgeReplication: true\n`;

test('before Harbor 2.10 a robot with permissions on the system has no others, and the run says so', async () => {
  const { seen } = await play('a dry run', fileIn(page, 'robot-dry.json'), {
    version: 'v2.9.5',
    policy: acknowledged,
  });
  expect(seen).toContain('could not be read whole');
});

/** Deleting looks for what was pushed meanwhile: repository by repository, where a project has no list. */
function listing(what: string, without: Scope[] = []) {
  const of = granted([...besides(what), what]);
  const system = without.includes('system') ? [] : of.system;
  return { ...of, system, projects: [...of.projects, 'repository:list'] };
}

test('before Harbor 2.10 robots do without the system, where the policy acknowledges replication', async () => {
  for (const what of ['deleting into the trash', 'purging the trash', 'restoring']) {
    const old = { version: 'v2.9.5', policy: acknowledged };
    const { seen } = await play(what, robotOf(listing(what, ['system'])), old);
    expect(JSON.parse(seen)).toEqual(JSON.parse((await play(what, undefined, old)).seen));
  }
});

test('up to Harbor 2.9 a robot with a system part is told of the bug that hides the trash from it', async () => {
  const old = { version: 'v2.9.5', policy: acknowledged };
  const what = 'deleting into the trash';
  const { seen } = await play(what, robotOf(listing(what)), old);
  expect(seen).toContain('goharbor/harbor#19627');
  const { seen: newer } = await play(
    what,
    robotOf(granted(['a dry run'], ['trash', 'label:list'])),
  );
  expect(newer).not.toContain('goharbor/harbor#19627');
});

test.each(['deleting into the trash', 'putting right what a push lost'])(
  'before Harbor 2.12 %s needs repository:list besides',
  async (what) => {
    const old = { version: 'v2.11.2' };
    const { seen: asAdmin } = await play(what, undefined, old);
    expect((await play(what, robotOf(listing(what)), old)).seen).toBe(asAdmin);
    const { seen } = await play(what, robotOf(granted([...besides(what), what])), old);
    expect(seen).toContain('push-not-healed');
  },
);
