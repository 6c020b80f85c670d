export {
  startHarbor,
  type EmbeddedHarbor,
  type EmbeddedHarborOptions,
  type RecordedRequest,
} from './start-harbor.ts';
export type { Seeder, SeedAccessory, SeedArtifact, SeedProject, SeedPush } from './seeder.ts';
export type {
  SeedGc,
  SeedReplication,
  SeedRetention,
  SeedRobot,
  SeedRule,
  SeedUser,
} from './seeder-settings.ts';
export type { RobotPermission } from './rows.ts';
export type { Hold, HoldFilter } from './flights.ts';
export type { ArtifactView, ProjectView, RepositoryView, TagView } from './state-view.ts';
export type { FaultOptions, FaultSwitches } from './faults.ts';
export { type FaultName, allFaults } from './fault-registry.ts';
export { DEFAULT_VERSION } from './version.ts';
export { createRandom, type Random } from './random.ts';
export { bringNear } from './near.ts';
