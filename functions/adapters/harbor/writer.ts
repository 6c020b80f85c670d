import { claimLabel } from '../../domain/claim.ts';
import type { HarborWriter, WriteAnswer } from '../../ports.ts';
import type { HarborClient, RawAnswer, WriteRequest } from './client.ts';
import { HarborFailure } from './failure.ts';
import { paths, query } from './paths.ts';
import { lackOf } from './permission.ts';
import { wireErrors } from './wire.ts';

/** What Harbor answers to each kind of write that it has done; always without a body. */
const doneStatus = { POST: [200, 201], PUT: [201], DELETE: [200] } as const;

/**
 * Changes Harbor through a client; it distinguishes answers by Harbor's code, not only by the status
 * (docs/harbor.md#errors).
 */
export function harborWriter(client: HarborClient): HarborWriter {
  const send = async (request: WriteRequest): Promise<WriteAnswer> => {
    try {
      const raw = await client.send(request);
      return named(answerOf(raw, request.method), request, raw.text);
    } catch (error) {
      if (!(error instanceof HarborFailure)) throw error;
      return { kind: error.wasNotSent ? 'rolled-back' : 'lost', because: error.message };
    }
  };
  return {
    copyArtifact: (from, to) => {
      const source = `${from.project}/${from.repository}@${from.digest}`;
      const path = paths.artifacts(to.project, to.repository) + query({ from: source });
      return send({ method: 'POST', path, kind: 'copy' });
    },
    deleteArtifact: ({ project, repository }, digest) =>
      send({ method: 'DELETE', path: paths.artifact(project, repository, digest), kind: 'delete' }),
    createTag: ({ project, repository, digest }, tag) => {
      const path = paths.tags(project, repository, digest);
      return send({ method: 'POST', path, body: { name: tag }, kind: 'tag' });
    },
    deleteRepository: ({ project, repository }) =>
      send({ method: 'DELETE', path: paths.repository(project, repository), kind: 'delete' }),
    claimProject: ({ id }, description) => {
      const body = { name: claimLabel, description, scope: 'p', project_id: id };
      return send({ method: 'POST', path: paths.labels, body, kind: 'tag' });
    },
    addLabel: ({ project, repository, digest }, labelId) =>
      send({
        method: 'POST',
        path: paths.artifactLabels(project, repository, digest),
        body: { id: labelId },
        kind: 'tag',
      }),
    putManifest: async ({ project, repository, digest }, { text, mediaType }) => {
      const path = paths.manifest(project, repository, digest);
      const request = { method: 'PUT', path, body: text, contentType: mediaType } as const;
      const answer = await send({ ...request, kind: 'manifest' });
      // Below /v2 a missing permission is 401, too (docs/harbor.md#access).
      return answer.kind === 'denied' && answer.by === 'sign-in'
        ? { ...answer, by: 'permission' }
        : answer;
    },
    removeTag: ({ project, repository, digest }, tag) => {
      const path = `${paths.tags(project, repository, digest)}/${encodeURIComponent(tag)}`;
      return send({ method: 'DELETE', path, kind: 'tag' });
    },
  };
}

/** A denial, with the permission that is missing. Below /v2 that is a 401 as well. */
function named(answer: WriteAnswer, { method, path }: WriteRequest, text: string): WriteAnswer {
  if (answer.kind !== 'denied') return answer;
  const isPermission = answer.by === 'permission' || path.startsWith('/v2/');
  return isPermission
    ? { ...answer, because: `${answer.because}.${lackOf(method, path, text)}` }
    : answer;
}

/**
 * What an answer to a write means. Only what is Harbor's for certain counts: a refusal in its own envelope, or a
 * success of the very form that Harbor gives it. Any other may come from a proxy, a login page or a firewall,
 * whatever its status, and says nothing of what Harbor did: such an answer is lost.
 */
export function answerOf(answer: RawAnswer, method: WriteRequest['method']): WriteAnswer {
  const { status, text } = answer;
  if (status >= 200 && status < 300) {
    const isHarbors =
      answer.isMarked && text === '' && doneStatus[method].some((one) => one === status);
    return isHarbors ? { kind: 'done' } : notHarbors(status);
  }
  const envelope = envelopeOf(text);
  if (envelope === undefined) return notHarbors(status);
  const { code, message } = envelope;
  const because = `Harbor answered ${status} ${code}: ${message}`;
  switch (status) {
    case 401:
      return { kind: 'denied', by: 'sign-in', because };
    case 403:
      return { kind: 'denied', by: denialOf(code, message), because };
    case 404:
      // A missing route is a wrong address, not a missing object (docs/harbor.md#t4-encoded-twice).
      return code === 'NOT_FOUND' && !message.startsWith('path ')
        ? { kind: 'missing', because }
        : { kind: 'unexpected', because };
    case 409:
      return { kind: 'conflict' };
    case 412:
      return protection(code, because);
    case 429:
    case 500:
      return { kind: 'rolled-back', because };
    default:
      return status < 400 || status === 408 || status > 500
        ? { kind: 'lost', because }
        : { kind: 'unexpected', because };
  }
}

function notHarbors(status: number): WriteAnswer {
  return { kind: 'lost', because: `${status} was answered, not in Harbor’s own form` };
}

function protection(code: string, because: string): WriteAnswer {
  if (code === 'PRECONDITION') return { kind: 'protected', by: 'immutable-tag', because };
  if (code === 'VIOLATE_FOREIGN_KEY_CONSTRAINT')
    return { kind: 'protected', by: 'parent', because };
  return { kind: 'unexpected', because };
}

function denialOf(code: string, message: string): 'permission' | 'read-only' | 'quota' | 'csrf' {
  if (/csrf/i.test(message)) return 'csrf';
  if (code !== 'DENIED') return 'permission';
  if (/read only/i.test(message)) return 'read-only';
  return /quota|exceed/i.test(message) ? 'quota' : 'permission';
}

function envelopeOf(text: string): { readonly code: string; readonly message: string } | undefined {
  try {
    const parsed = wireErrors.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.errors[0] : undefined;
  } catch {
    return undefined;
  }
}
