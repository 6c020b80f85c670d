import { notFound } from '../errors.ts';
import type { Answer, Exchange } from '../http.ts';
import { DISTRIBUTION, requireAnybody, splitName } from './access.ts';
import { deleteBlob, patchUpload, postUpload, putUpload, readBlob } from './blobs.ts';
import { listCatalog, listReferrers, listTags } from './lists.ts';
import { deleteManifest, putManifest, readManifest } from './manifests.ts';

type Serve = (exchange: Exchange, name: string, rest: string) => Answer | Promise<Answer>;

const named =
  (
    serve: (
      exchange: Exchange,
      name: ReturnType<typeof splitName>,
      rest: string,
    ) => Answer | Promise<Answer>,
  ): Serve =>
  (exchange, name, rest) =>
    serve(exchange, splitName(name), rest);

/** Method and what stands between the repository's name and the reference. */
const table: readonly (readonly [RegExp, Readonly<Record<string, Serve>>])[] = [
  [/^\/v2\/(.+)\/blobs\/uploads\/()$/, { POST: named(postUpload) }],
  [/^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/, { PATCH: named(patchUpload), PUT: named(putUpload) }],
  [
    /^\/v2\/(.+)\/blobs\/([^/]+)$/,
    { GET: named(readBlob), HEAD: named(readBlob), DELETE: named(deleteBlob) },
  ],
  [
    /^\/v2\/(.+)\/manifests\/([^/]+)$/,
    {
      GET: named(readManifest),
      HEAD: named(readManifest),
      PUT: named(putManifest),
      DELETE: named(deleteManifest),
    },
  ],
  [/^\/v2\/(.+)\/tags\/list()$/, { GET: named(listTags) }],
  [/^\/v2\/(.+)\/referrers\/([^/]+)$/, { GET: named(listReferrers) }],
  [/^\/v2\/_catalog()()$/, { GET: (exchange) => listCatalog(exchange) }],
  [/^\/v2\/?()()$/, { GET: (exchange) => ping(exchange) }],
];

function ping(exchange: Exchange): Answer {
  requireAnybody(exchange);
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...DISTRIBUTION },
    json: {},
  };
}

/** Everything below `/v2`. */
export function serveRegistry(exchange: Exchange): Answer | Promise<Answer> {
  for (const [pattern, methods] of table) {
    const match = pattern.exec(exchange.rawPath);
    const serve = methods[exchange.method];
    if (match === null || serve === undefined) continue;
    return serve(exchange, match[1] ?? '', decodeURIComponent(match[2] ?? ''));
  }
  throw notFound(`path ${exchange.rawPath} was not found`);
}
