// Stands in for formdata-polyfill, fetch-blob and fetch-blob/from.js in the bundle (lib/bundle-options.ts): node-fetch
// brings its own for a Node that has none. Nothing here sends a form or a blob, and Node's own FormData, once it is
// touched, loads its whole other HTTP client: 60 ms of a cold start.
const unsupported = () => {
  throw new Error('This bundle leaves forms and blobs out: see lib/bundle-options.ts.');
};

export class Blob {
  constructor() {
    unsupported();
  }
}
export class File extends Blob {}
export class FormData extends Blob {}
export const formDataToBlob = unsupported;
export const blobFrom = unsupported;
export const blobFromSync = unsupported;
export const fileFrom = unsupported;
export const fileFromSync = unsupported;
// eslint-disable-next-line import/no-default-export -- node-fetch asks for it so
export default Blob;
