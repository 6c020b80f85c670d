import { deserialize, serialize } from 'node:v8';
import { dispatch } from './dispatch.ts';
import { createTimetable } from './clock.ts';
import type { EmulatorClock } from './clock.ts';
import { type FaultSwitches, createFaults } from './faults.ts';
import { type Hold, type HoldFilter, addHold, createTraffic } from './flights.ts';
import { createLoginDesk, holdFailedLogins } from './identity.ts';
import { announce } from './near.ts';
import type { RobotPermission } from './rows.ts';
import { type Seeder, createSeeder } from './seeder.ts';
import { type Incoming, type Outgoing, listen } from './server.ts';
import type { Delays, Services } from './services.ts';
import {
  type ArtifactView,
  type ProjectView,
  type RepositoryView,
  type TagView,
  viewState,
} from './state-view.ts';
import { createState, type State } from './state.ts';
import { DEFAULT_VERSION } from './version.ts';

export interface EmbeddedHarborOptions {
  /** As `systeminfo` shows it, for instance `v2.11.1`; behaviour follows it (docs/harbor.md#versions). */
  readonly version?: string;
  /** Time in ms, UTC. Without it time stands still and only `clock.advance` moves it. */
  readonly now?: () => number;
  readonly adminPassword?: string;
  /** Real milliseconds that requests take. Without it: none. */
  readonly delays?: Delays;
  /** How many requests are remembered one by one; the rest is only counted. 10,000 unless said otherwise. */
  readonly rememberRequests?: number;
}

export interface RecordedRequest {
  readonly method: string;
  /** As sent, with the query. */
  readonly path: string;
  readonly status: number;
}

export interface RequestLog {
  /** The requests since the start or `clear`, as many as are remembered. */
  readonly all: readonly RecordedRequest[];
  /** How many there were. */
  readonly count: number;
  /** How many were under way at the same time, at most. */
  readonly mostAtOnce: number;
  readonly clear: () => void;
}

/** An in-memory Harbor over real HTTP. */
export interface EmbeddedHarbor {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly clock: EmulatorClock;
  readonly seed: Seeder;
  readonly faults: FaultSwitches;
  readonly requests: RequestLog;
  readonly createRobot: (
    name: string,
    permissions: readonly RobotPermission[],
  ) => { username: string; secret: string };
  /** The state, for assertions: small copies, not the tables. */
  readonly state: {
    readonly projects: () => ProjectView[];
    readonly repositories: (project?: string) => RepositoryView[];
    /** All of a repository or project, hidden ones included. */
    readonly artifacts: (project: string, repository?: string) => ArtifactView[];
    readonly tags: (project: string, repository: string) => TagView[];
  };
  /**
   * Keeps the next failed login unanswered, as Harbor does for 1.5 s, until `release` (T2). `reached` resolves
   * when one has come.
   */
  readonly holdFailedLogins: () => {
    readonly reached: Promise<void>;
    readonly release: () => void;
  };
  /** Holds the next matching request half-way: begun, permitted, not yet committed. For races without sleeping. */
  readonly hold: (filter: HoldFilter) => Hold;
  /**
   * A `deadline` for a client: its time is over as soon as the request meets a fault that never answers, and never
   * before. Nobody waits for real time, and a slow machine ends no other request.
   */
  readonly deadline: (ms: number, path: string) => AbortSignal;
  /**
   * Notes everything that Harbor knows, and the time; the answer goes back there, as often as wanted, once no request is
   * under way. Faults are off then and the log is empty. Rows that the seeder gave before are no rows of Harbor's after.
   * @throws Error if something is still to become due
   */
  readonly mark: () => () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Clients that wait for an answer, by what they asked for. */
function createPatience(): {
  readonly deadline: EmbeddedHarbor['deadline'];
  readonly exhaust: (url: string) => void;
} {
  const waiting = new Map<string, AbortController[]>();
  return {
    deadline: (_, path) => {
      const controller = new AbortController();
      const others = waiting.get(path);
      if (others === undefined) waiting.set(path, [controller]);
      else others.push(controller);
      return controller.signal;
    },
    exhaust: (url) => {
      for (const controller of waiting.get(url) ?? []) controller.abort();
      waiting.delete(url);
    },
  };
}

/** The tables as bytes: rows refer to each other, which only a whole copy keeps. */
function markTables(state: State): () => void {
  const { clock: _, version: __, adminPassword: ___, ...tables } = state;
  const marked = serialize(tables);
  return () => {
    Object.assign(state, deserialize(marked) as Partial<State>);
  };
}

/** Requests that have come and are not answered. */
function createDoor(): {
  readonly pass: <T>(work: () => Promise<T>) => Promise<T>;
  readonly quiet: () => Promise<void>;
} {
  let under = 0;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    pass: async (work) => {
      under += 1;
      try {
        return await work();
      } finally {
        under -= 1;
      }
    },
    quiet: async () => {
      // Whoever was killed in the middle may still have sent one; that one arrives first.
      for (let turns = 0; turns < 3 || under > 0; turns += 1) await turn();
    },
  };
}

interface Log extends RequestLog {
  readonly begin: () => void;
  readonly add: (request: RecordedRequest) => void;
}

function createLog(remember: number): Log {
  const all: RecordedRequest[] = [];
  let [count, under, mostAtOnce] = [0, 0, 0];
  return {
    all,
    get mostAtOnce() {
      return mostAtOnce;
    },
    begin: () => {
      under += 1;
      mostAtOnce = Math.max(mostAtOnce, under);
    },
    get count() {
      return count;
    },
    clear: () => {
      all.length = 0;
      count = 0;
      mostAtOnce = under;
    },
    add: (request) => {
      under -= 1;
      count += 1;
      if (all.length < remember) all.push(request);
    },
  };
}

/** Starts an emulated Harbor on a free port of loopback; `close` ends it. */
export async function startHarbor(options: EmbeddedHarborOptions = {}): Promise<EmbeddedHarbor> {
  const clock = createTimetable(options.now);
  const adminPassword = options.adminPassword ?? 'Harbor12345';
  const state = createState({ clock, version: options.version ?? DEFAULT_VERSION, adminPassword });
  const faults = createFaults();
  let url = '';
  const desk = createLoginDesk();
  const traffic = createTraffic();
  const services: Services = {
    state,
    faults,
    desk,
    traffic,
    delays: options.delays,
    url: () => url,
  };
  const patience = createPatience();
  const log = createLog(options.rememberRequests ?? 10_000);
  const door = createDoor();
  const handle = async (incoming: Incoming): Promise<Outgoing> => {
    log.begin();
    const answer = await door.pass(() => dispatch(services, incoming));
    if (answer.cut === 'never') patience.exhaust(incoming.url);
    log.add({ method: incoming.method, path: incoming.url, status: answer.status });
    return answer;
  };
  const listening = await listen(handle);
  url = listening.url;
  const leave = announce(url, { isOpen: () => !faults.cuts(), handle });
  const seed = createSeeder(state);
  return {
    url,
    admin: { username: 'admin', password: adminPassword },
    clock,
    seed,
    faults,
    requests: log,
    createRobot: (name, permissions) => seed.robot({ name, permissions }),
    state: viewState(state),
    holdFailedLogins: () => holdFailedLogins(desk),
    hold: (filter) => addHold(traffic, filter),
    deadline: patience.deadline,
    mark: () => {
      const [tables, time] = [markTables(state), clock.mark()];
      return async () => {
        await door.quiet();
        tables();
        time();
        faults.off();
        log.clear();
      };
    },
    close: () => {
      leave();
      return listening.close();
    },
  };
}
