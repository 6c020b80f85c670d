import { expect, test } from '@jest/globals';
import { collectKubernetes } from '../../../functions/workloads/kubernetes/collect-kubernetes.ts';
import type { KubernetesApi } from '../../../functions/workloads/kubernetes/kubernetes-api.ts';
import { imagesOf, podSchema } from '../../../functions/workloads/kubernetes/pod-spec.ts';
import { resources } from '../../../functions/workloads/kubernetes/resources.ts';
import { addressOf } from '../../../functions/workloads/kubernetes/resource.ts';

interface Listed {
  readonly kind: string;
  readonly metadata: { readonly continue?: string };
  readonly items: readonly unknown[] | null;
}

/** What collecting relies on, of any API server: of the embedded one, and of a real one that is only read. */
export function kubernetesContract(open: () => Promise<KubernetesApi>): void {
  const list = async (api: KubernetesApi, path: string, query = {}): Promise<Listed> => {
    const answer = await api.get(path, query);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${answer.message}`);
    return answer.body as Listed;
  };

  test('every kind can be listed, and is a list', async () => {
    const api = await open();
    for (const resource of resources) {
      const { kind, items } = await list(api, addressOf(resource), { limit: '1' });
      expect([resource.plural, kind]).toEqual([resource.plural, expect.stringMatching(/List$/)]);
      expect((items ?? []).length).toBeLessThanOrEqual(1);
    }
  });

  test('pages hold together what one list holds', async () => {
    const api = await open();
    const nameOf = (item: unknown) =>
      (item as { metadata: { namespace: string; name: string } }).metadata;
    const names = ({ items }: Listed) =>
      (items ?? []).map(nameOf).map(({ namespace, name }) => `${namespace}/${name}`);
    const all: string[] = [];
    let next: string | undefined;
    do {
      const query = { limit: '100', ...(next === undefined ? {} : { continue: next }) };
      const page = await list(api, '/apis/apps/v1/replicasets', query);
      all.push(...names(page));
      next = page.metadata.continue;
    } while (next !== undefined && next !== '');
    expect(all.toSorted()).toEqual(names(await list(api, '/apis/apps/v1/replicasets')).toSorted());
  });

  test('a token that is none is refused, and so is a list that nobody knows', async () => {
    const api = await open();
    expect(await api.get('/apis/no.such.example', {})).toMatchObject({ ok: false, status: 404 });
    expect(await api.get('/apis/apps/v1/nonesuch', {})).toMatchObject({ ok: false, status: 404 });
  });

  test('the image of every pod is in use', async () => {
    const api = await open();
    const scope = { namespaces: [], custom: [], registries: ['harbor.example'] };
    const { uses } = await collectKubernetes(api, scope, () => undefined);
    const used = new Set(uses.flatMap(({ image }) => image ?? []));
    const { items } = await list(api, '/api/v1/pods');
    const images = (items ?? []).flatMap((item) => imagesOf(podSchema.parse(item).spec));
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter(({ image }) => !used.has(image))).toEqual([]);
  });
}
