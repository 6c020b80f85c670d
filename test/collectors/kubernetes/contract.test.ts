import { describe, test } from '@jest/globals';
import { kubernetesApi } from '../../../functions/collectors/kubernetes/api-client.ts';
import { kubeconfigCluster } from '../../../functions/collectors/kubernetes/kubeconfig.ts';
import { kubernetesContract } from './contract.ts';

/** A context of the kubeconfig at hand; its cluster is only read. */
const context = process.env['KUBERNETES_CONTEXT'];

if (context === undefined)
  console.warn('the contract of a real Kubernetes: SKIPPED, KUBERNETES_CONTEXT names none');

describe('the contract, of a real cluster', () => {
  if (context === undefined) test.skip('needs KUBERNETES_CONTEXT', () => undefined);
  else
    kubernetesContract(() =>
      Promise.resolve(
        kubernetesApi(
          kubeconfigCluster({ file: undefined, context }),
          (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        ),
      ),
    );
});
