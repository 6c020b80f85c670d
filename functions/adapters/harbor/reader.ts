import { normalAddress } from '../../domain/harbor-address.ts';
import { readClaims } from './claims.ts';
import type { Clock, HarborReader } from '../../ports.ts';
import { listScope } from './artifact-listing.ts';
import type { HarborClient, HarborConnection } from './client.ts';
import { readHead, readProjects, readRepositories } from './list-projects-and-repositories.ts';
import { type HarborVersion, hasProjectList } from '../../domain/harbor-version.ts';
import { identify, versionOf } from './identify.ts';
import { labelSearch } from './label-search.ts';
import { readMembers } from './members.ts';
import { paths } from './paths.ts';
import {
  harborRetention,
  immutableRules,
  orUnknown,
  quotaOf,
  replications,
} from './project-rules.ts';
import { ownExpiry } from './own-expiry.ts';
import { type RequestBound, requestBound } from './request-bound.ts';

/** Where and as whom Harbor is read. */
type Account = Pick<HarborConnection, 'url' | 'username'>;

/** Reads Harbor through a client, as an account; `url` is only for messages and reports. */
export function harborReader(client: HarborClient, clock: Clock, as: Account): HarborReader {
  const bound = requestBound();
  let version: HarborVersion | undefined;

  const known = (): HarborVersion => {
    if (version === undefined) throw new Error('identify() comes before every list');
    return version;
  };
  const labelled = labelSearch(client, bound, () => hasProjectList(known()));
  const listingContext = () => {
    const { major, minor } = known();
    return {
      client,
      projectWide: hasProjectList(known()),
      shortPages: major === 2 && minor === 5,
      readHead: readHead.bind(undefined, client),
      note: bound.note,
      labelled: labelled.search,
      isGone: async () => !(await client.answers(paths.systemInfo)),
    };
  };

  return {
    identify: async () => {
      const facts = await identify(client, clock, as.url);
      version = versionOf(facts.version);
      bound.once();
      return facts;
    },
    address: () => Promise.resolve(normalAddress(as.url)),
    listProjects: async () => {
      const projects = await readProjects(client);
      bound.listed('projects', projects.length);
      return projects;
    },
    listRepositories: async (projects, most) => {
      const heads = await readRepositories(client, projects, most);
      bound.listed('repositories', heads.length);
      return heads;
    },
    ...ruleReader(client, bound, as.username),
    // Before 2.12 labels have no second witness.
    confirmsLabels: (project) =>
      hasProjectList(known()) ? labelled.mayAsk(project.id) : Promise.resolve(true),
    readClaims: (project) => {
      bound.once();
      return readClaims(client, project.id);
    },
    listArtifacts: (scope) => listScope(listingContext(), scope),
    readMembers: (place, members, of) => readMembers({ client, place, bound, of }, members),
    requests: () => ({ ...client.sent(), lowerBound: bound.total() }),
  };
}

/** What is read once per project, or once in all. */
function ruleReader(
  client: HarborClient,
  bound: RequestBound,
  account: string,
): Pick<
  HarborReader,
  'readImmutableRules' | 'readHarborRetention' | 'readReplications' | 'readQuota' | 'readOwnExpiry'
> {
  return {
    readOwnExpiry: async () => {
      bound.once();
      return await orUnknown(() => ownExpiry(client, account));
    },
    readImmutableRules: async (project) => {
      bound.once();
      return await orUnknown(() => immutableRules(client, project));
    },
    readHarborRetention: async (project) => {
      const id = project.retentionId;
      if (id === undefined) return 'none';
      bound.once();
      return await orUnknown(() => harborRetention(client, id));
    },
    readReplications: async () => {
      bound.once();
      return await orUnknown(() => replications(client));
    },
    readQuota: async (project) => {
      bound.once();
      return await orUnknown(() => quotaOf(client, project));
    },
  };
}
