// Stands in for @smithy/core/event-streams in the bundle (lib/bundle-options.ts): S3 and Lambda configure event
// streams, and none of the operations used here has one. Left out, 45 KB go with it.
const unsupported = () => {
  throw new Error('This bundle leaves event streams out: see lib/bundle-options.ts.');
};

export const eventStreamSerdeProvider = () => ({
  serialize: unsupported,
  deserialize: unsupported,
});

export const resolveEventStreamSerdeConfig = (input) =>
  Object.assign(input, { eventStreamMarshaller: input.eventStreamSerdeProvider(input) });

export class EventStreamSerde {
  constructor() {
    unsupported();
  }
}
