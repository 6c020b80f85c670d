import type { HealingProblem } from '../domain/healing.ts';
import type { Digest } from '../domain/artifact.ts';
import type { WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { isOfHarbor } from './write-result.ts';
import { retries } from './retry.ts';

export interface Target {
  readonly project: string;
  readonly repository: string;
  readonly digest: Digest;
}

/**
 * Puts a manifest again by its digest, which restores the project's links to its layers and moves no tag
 * (docs/harbor.md#t40-layers-that-get-lost). Undefined if it is done, `gone` if there is nothing to do any more, else
 * why it could not be done.
 */
export async function relink(target: Target, ports: ApplyPorts): Promise<string | undefined> {
  try {
    const manifest = await ports.harbor.readManifest(target, target.digest);
    if (manifest === undefined) return 'gone';
    let answer: WriteAnswer = { kind: 'lost', because: 'not sent' };
    for await (const _attempt of retries(ports.pause)) {
      answer = await ports.harbor.putManifest(target, manifest);
      if (answer.kind === 'done') return undefined;
      if (answer.kind !== 'lost' && answer.kind !== 'rolled-back') break;
    }
    return 'because' in answer ? answer.because : answer.kind;
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return `${error.message} ${error.remedy}`;
  }
}

/** The problem of a manifest that could not be put again, with the command that does it. */
export function notRelinked(target: Target, because: string): HealingProblem {
  const { project, repository, digest } = target;
  return {
    on: `${project}/${repository}@${digest}`,
    message: `It was pushed while this run deleted in ${project}, and may have lost links to layers that the next garbage collection then takes. Its manifest could not be put again: ${because}`,
    remedy: `Grant the robot repository:pull and repository:push there; and before the next garbage collection: ${relinkCommand(target)}`,
  };
}

/** What a person types to put a manifest again. */
export function relinkCommand({ project, repository, digest }: Target): string {
  const curl = 'curl -sf -u "$HARBOR_USER:$HARBOR_PASSWORD"';
  const url = `"$HARBOR_URL/v2/${project}/${repository}/manifests/${digest}"`;
  const types = ['oci.image.manifest.v1', 'oci.image.index.v1']
    .map((type) => `application/vnd.${type}+json`)
    .concat(
      ['manifest', 'manifest.list'].map(
        (type) => `application/vnd.docker.distribution.${type}.v2+json`,
      ),
    );
  return `${curl} -A harbor-registry-client -H 'Accept: ${types.join(', ')}' -D head.txt -o manifest.json ${url} && ${curl} -X PUT -H "$(grep -i ^content-type: head.txt | tr -d '\\r')" --data-binary @manifest.json ${url}`;
}
