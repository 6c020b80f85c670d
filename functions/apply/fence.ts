import type { HarborGarbage, HarborWriter, WriteAnswer } from '../ports.ts';

declare const fenced: unique symbol;

/** A port whose every write makes sure of the lease first. Only this file can make one, and applying takes no other. */
export type Fenced<Port> = Port & { readonly [fenced]: true };

/**
 * Makes sure that more of the lease is left than a write may take, and asks the store where it is not certain.
 * @throws RetentionError lease-held if another process has it by now: then nothing may be sent
 */
export type Fence = () => Promise<void>;

/** The only way from the engine to a change in Harbor. A method that is forgotten here does not compile. */
export function fencedWriter(writer: HarborWriter, fence: Fence): Fenced<HarborWriter> {
  const behind = async (send: () => Promise<WriteAnswer>): Promise<WriteAnswer> => {
    await fence();
    return await send();
  };
  const all: HarborWriter = {
    copyArtifact: (from, to) => behind(() => writer.copyArtifact(from, to)),
    deleteArtifact: (place, digest) => behind(() => writer.deleteArtifact(place, digest)),
    createTag: (place, tag) => behind(() => writer.createTag(place, tag)),
    deleteRepository: (place) => behind(() => writer.deleteRepository(place)),
    claimProject: (place, description) => behind(() => writer.claimProject(place, description)),
    addLabel: (place, labelId) => behind(() => writer.addLabel(place, labelId)),
    putManifest: (place, manifest) => behind(() => writer.putManifest(place, manifest)),
    removeTag: (place, tag) => behind(() => writer.removeTag(place, tag)),
  };
  return all as Fenced<HarborWriter>;
}

/** Fences garbage collections, as starting one is a change. */
export function fencedGarbage(garbage: HarborGarbage, fence: Fence): Fenced<HarborGarbage> {
  const all: HarborGarbage = {
    ...garbage,
    startCollection: async (how) => {
      await fence();
      return await garbage.startCollection(how);
    },
  };
  return all as Fenced<HarborGarbage>;
}
