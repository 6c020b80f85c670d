export {
  startHarbor,
  type EmbeddedHarbor,
  type EmbeddedHarborOptions,
  type RecordedRequest,
} from './start-harbor.ts';
export type {
  Seeder,
  SeedAccessory,
  SeedArtifact,
  SeedProject,
  SeedPush,
  SeedRobot,
  SeedRule,
} from './seeder.ts';
export type { FaultOptions, FaultSwitches } from './faults.ts';
export type { FaultName } from './fault-registry.ts';
export { DEFAULT_VERSION } from './version.ts';
export { createRandom, type Random } from './random.ts';
