import type {
  Harbor,
  HarborGarbage,
  HarborInspector,
  HarborReader,
  HarborWriter,
} from '../../functions/ports.ts';

/** Everything that a Harbor can be asked and told, for suites that hold the adapters to it; the engine has no such thing. */
export type WholeHarbor = HarborReader & HarborInspector & HarborWriter & HarborGarbage;

export function wholeOf({ reader, changes }: Harbor): WholeHarbor {
  return { ...reader, ...changes.inspector, ...changes.writer, ...changes.garbage };
}
