import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectHarbor } from '../../../functions/adapters/harbor/index.ts';
import type { Artifact } from '../../../functions/domain/artifact.ts';
import type { ArtifactListing } from '../../../functions/ports.ts';
import { clock, type ContractTarget, makeScene, many, type Scene } from './contract-scene.ts';

/** The one artifact with a tag: from 2.15.1 on its child's pull is its own as well. */
function wideIndex(listing: ArtifactListing | undefined): string | undefined {
  return listing?.artifacts.find(({ tags }) => tags !== 'unknown' && tags.length > 0)?.digest;
}

/** The suite that the client passes on any Harbor from 2.5 on, which it leaves as it found it. */
export function harborContract(open: () => Promise<ContractTarget>): void {
  let opened: Scene | undefined;
  let scene: Scene;
  beforeAll(async () => {
    opened = await makeScene(await open());
    scene = opened;
  }, 120_000);
  afterAll(async () => {
    try {
      await opened?.pusher.cleanUp();
    } finally {
      await opened?.target.close();
    }
  }, 120_000);

  const list = async (
    withChildren: boolean,
    pulls: { readonly pulledSince?: number } = {},
  ): Promise<ReadonlyMap<string, ArtifactListing>> => {
    const { harbor, source } = scene;
    const repositories = (await harbor.listRepositories([source])).filter(
      (one) => one.project === source.name,
    );
    const found = new Map<string, ArtifactListing>();
    const scope = {
      project: source.name,
      projectId: source.id,
      repositories,
      withChildren,
      confirmUntagged: true,
      ...pulls,
    };
    for await (const listing of harbor.listArtifacts(scope)) found.set(listing.head.name, listing);
    return found;
  };
  const at = (repository: string, project: string = scene.source.name) => ({ project, repository });
  const there = async (
    place: { project: string; repository: string },
    digest: string,
  ): Promise<Artifact> => {
    const now = await scene.harbor.readArtifact(place, digest);
    if (now.kind === 'gone')
      throw new Error(`${digest} is gone from ${place.project}/${place.repository}`);
    return now.artifact;
  };
  const namesOf = ({ tags }: Artifact): readonly string[] | 'unknown' =>
    tags === 'unknown' ? tags : tags.map((tag) => tag.name).toSorted();

  describe('reading', () => {
    test('knows Harbor’s version and clock, and is signed in', async () => {
      const facts = await scene.harbor.identify();
      expect(facts.version).toMatch(/^v?2\.\d+/);
      expect(facts.readOnly).toBe(false);
      expect(facts.currentTime).toBeGreaterThan(Date.UTC(2020, 0, 1));
    });

    test('is not signed in with an unknown name, although public data would be served', async () => {
      const { url } = scene.target;
      const nobody = connectHarbor({ url, username: 'nobody-at-all', password: 'x' }, clock);
      await expect(nobody.reader.identify()).rejects.toMatchObject({
        code: 'harbor-not-signed-in',
      });
    }, 20_000);

    test('lists projects and repositories with their counts', async () => {
      const heads = (await scene.harbor.listRepositories([scene.source])).filter(
        (one) => one.project === scene.source.name,
      );
      expect(scene.source).toMatchObject({
        isPublic: false,
        isProxyCache: false,
        repositoryCount: 4,
        retentionId: undefined,
      });
      expect(Object.fromEntries(heads.map((head) => [head.name, head.artifactCount]))).toEqual({
        app: 2,
        'deep/er': 1,
        many,
        wide: 1,
      });
    });

    test('lists more than a page whole, every row once', async () => {
      const listing = (await list(false)).get('many');
      expect(listing?.kind).toBe('complete');
      expect(new Set(listing?.artifacts.map((one) => one.digest)).size).toBe(many);
    });

    test('lists tags, labels, children, accessories, and what is provably untagged', async () => {
      const found = await list(false);
      const app = new Map(found.get('app')?.artifacts.map((one) => [one.digest, one]));
      expect(app.get(scene.image.digest)).toMatchObject({
        tags: [{ name: 'v1' }],
        labels: ['audited'],
        children: [],
        pulledAt: 'unknown',
      });
      expect(app.get(scene.untagged.digest)?.tags).toEqual([]);
      const deep = found.get('deep/er')?.artifacts ?? [];
      expect(deep).toMatchObject([
        { digest: scene.index.digest, accessories: [{ digest: scene.signature.digest }] },
      ]);
      expect(deep[0]?.children.toSorted()).toEqual(
        scene.children.map((one) => one.digest).toSorted(),
      );
    });

    test('lists untagged children where they are asked for', async () => {
      const digests = (await list(true)).get('deep/er')?.artifacts.map((one) => one.digest);
      expect(digests).toEqual(expect.arrayContaining(scene.children.map((one) => one.digest)));
    });

    test('finds the children that were pulled since, and lists all of them where it can’t search', async () => {
      const { harbor, pusher, source, target, wide, since } = scene;
      const [pulled] = wide;
      if (pulled === undefined) throw new Error('nothing was pushed');
      const { version } = await harbor.identify();
      const searches = Number(/2\.(\d+)/.exec(version)?.[1]) >= 12;
      const found = async () => (await list(false, { pulledSince: since })).get('wide');
      const none = await found();
      expect(none?.artifacts).toHaveLength(searches ? 1 : many + 1);
      await pusher.pull(`${source.name}/wide`, pulled);
      for (let look = 0; look < 60; look += 1) {
        target.passTime?.(10_000);
        if ((await there(at('wide'), pulled.digest)).pulledAt !== 'unknown') break;
        // Harbor writes pulls down every ten seconds.
        if (target.passTime === undefined) await new Promise((go) => setTimeout(go, 500));
      }
      const listing = await found();
      const rows = listing?.kind === 'complete' ? (listing.hidden ?? listing.artifacts) : [];
      const shown = rows.filter(({ pulledAt }) => pulledAt !== 'unknown');
      const digests = shown.map(({ digest }) => digest).filter((one) => one !== wideIndex(none));
      expect(digests).toEqual([pulled.digest]);
      expect(rows).toHaveLength(searches ? 1 : many + 1);
    }, 60_000);

    test('reads rules, retention, replications and quota', async () => {
      const { harbor, source, trash, pusher } = scene;
      expect(await harbor.readImmutableRules(source)).toEqual([]);
      expect(await harbor.readHarborRetention(source)).toBe('none');
      expect(await harbor.readReplications()).not.toBe('unknown');
      expect(await harbor.readQuota(source)).toMatchObject({ used: expect.any(Number) });
      const rule = {
        action: 'retain',
        template: 'always',
        params: {},
        tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }],
        scope_selectors: {
          repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
        },
      };
      const made = await pusher.request('POST', '/retentions', {
        algorithm: 'or',
        rules: [rule],
        trigger: { kind: 'Schedule', settings: { cron: '' } },
        scope: { level: 'project', ref: trash.id },
      });
      expect(made.status).toBe(201);
      const head = (await harbor.listProjects()).find((one) => one.name === trash.name);
      expect(head?.retentionId).toBeDefined();
      expect(head === undefined ? '' : await harbor.readHarborRetention(head)).toBe('disabled');
    });

    test('shows the newest garbage collections', async () => {
      expect(Array.isArray(await scene.harbor.listCollections())).toBe(true);
    });

    test('counts its requests', () => {
      expect(scene.harbor.requests().sent).toBeGreaterThan(10);
    });
  });

  describe('looking closely', () => {
    test('tells an artifact that is there from one that is gone, alone or with its repository', async () => {
      const none = `sha256:${'0'.repeat(64)}`;
      expect(namesOf(await there(at('app'), scene.image.digest))).toEqual(['v1']);
      for (const repository of ['app', 'no/such'])
        expect(await scene.harbor.readArtifact(at(repository), none)).toEqual({ kind: 'gone' });
    });

    test('finds where a tag points, or that there is none', async () => {
      expect(await scene.harbor.readTag(at('app'), 'v1')).toBe(scene.image.digest);
      expect(await scene.harbor.readTag(at('app'), 'v2')).toBeUndefined();
      expect(await scene.harbor.readTag(at('no/such'), 'v1')).toBeUndefined();
    });

    test('proves that an artifact is untagged by a second read', async () => {
      const untagged = await there(at('app'), scene.untagged.digest);
      const tagged = await there(at('app'), scene.image.digest);
      expect(await scene.harbor.isUntagged(at('app'), untagged)).toBe(true);
      expect(await scene.harbor.isUntagged(at('app'), { ...untagged, id: untagged.id + 1 })).toBe(
        false,
      );
      expect(await scene.harbor.isUntagged(at('app'), tagged)).toBe(false);
    });

    test('reads the labels that a project’s artifacts may bear', async () => {
      expect((await scene.harbor.readLabels(scene.source.id)).get('audited')).toBe(scene.labelId);
    });

    test('reads the bytes of a manifest, of an image and of an index', async () => {
      for (const { digest, body, mediaType } of [scene.image, scene.index]) {
        const place = at(digest === scene.image.digest ? 'app' : 'deep/er');
        expect(await scene.harbor.readManifest(place, digest)).toEqual({ text: body, mediaType });
      }
      const none = `sha256:${'0'.repeat(64)}`;
      expect(await scene.harbor.readManifest(at('app'), none)).toBeUndefined();
    });

    test('finds a repository, or that there is none', async () => {
      const [head] = await scene.harbor.listRepositories([scene.source]);
      if (head === undefined) throw new Error('no repository is listed');
      expect(await scene.harbor.readRepository(head)).toMatchObject({
        id: head.id,
        name: head.name,
      });
      expect(await scene.harbor.readRepository({ ...head, name: 'no/such' })).toBeUndefined();
    });

    test('lists what was pushed since, children included, and nothing older', async () => {
      const { harbor, source, since } = scene;
      const own = await harbor.listPushedSince(at('deep/er'), since);
      const digests = own.map((one) => one.artifact.digest);
      expect(digests).toEqual(
        expect.arrayContaining([scene.index.digest, ...scene.children.map((one) => one.digest)]),
      );
      expect(await harbor.listPushedSince(at('deep/er'), since + 86_400_000)).toEqual([]);
      const [, minor] = /2\.(\d+)/.exec((await harbor.identify()).version) ?? [];
      if (Number(minor) < 12) return;
      const all = await harbor.listPushedSince({ project: source.name }, since);
      expect(new Set(all.map((one) => one.repository))).toEqual(
        new Set(['app', 'deep/er', 'many', 'wide']),
      );
    });
  });

  describe('changing', () => {
    test('copies with children, accessories and tags, as often as asked', async () => {
      const { harbor, index, source, trash } = scene;
      const from = { ...at('deep/er'), digest: index.digest };
      const to = at('copied/deep', trash.name);
      expect(await harbor.copyArtifact(from, to)).toEqual({ kind: 'done' });
      expect(await harbor.copyArtifact(from, to)).toEqual({ kind: 'done' });
      const copy = await there(to, index.digest);
      expect(copy).toMatchObject({ accessories: [{ digest: scene.signature.digest }] });
      expect([namesOf(copy), copy.children.length]).toEqual([['multi'], 2]);
      expect(namesOf(await there(at('deep/er', source.name), index.digest))).toEqual(['multi']);
    });

    test('of a copy that can’t be made says why', async () => {
      const none = { ...at('app'), digest: `sha256:${'0'.repeat(64)}` };
      const { harbor, trash, signature } = scene;
      expect(await harbor.copyArtifact(none, at('x', trash.name))).toMatchObject({
        kind: 'unexpected',
        because: expect.stringContaining('400'),
      });
      const accessory = { ...at('deep/er'), digest: signature.digest };
      expect(await harbor.copyArtifact(accessory, at('x', trash.name))).toMatchObject({
        kind: 'denied',
      });
    });

    test('creates a tag, never moves one, and removes one only from its digest', async () => {
      const { harbor, image, untagged } = scene;
      const first = { ...at('app'), digest: image.digest };
      const second = { ...at('app'), digest: untagged.digest };
      expect(await harbor.createTag(first, 'extra')).toEqual({ kind: 'done' });
      expect(await harbor.createTag(first, 'extra')).toEqual({ kind: 'conflict' });
      expect(await harbor.createTag(second, 'extra')).toEqual({ kind: 'conflict' });
      expect(await harbor.readTag(at('app'), 'extra')).toBe(image.digest);
      expect(await harbor.createTag(first, 'no tag')).toMatchObject({ kind: 'unexpected' });
      expect(await harbor.removeTag(second, 'extra')).toMatchObject({ kind: 'missing' });
      expect(await harbor.removeTag(first, 'extra')).toEqual({ kind: 'done' });
      expect(await harbor.removeTag(first, 'extra')).toMatchObject({ kind: 'missing' });
    });

    test('attaches a label once, and none of another project', async () => {
      const { harbor, untagged, labelId, pusher, trash } = scene;
      const place = { ...at('app'), digest: untagged.digest };
      expect(await harbor.addLabel(place, labelId)).toEqual({ kind: 'done' });
      expect(await harbor.addLabel(place, labelId)).toEqual({ kind: 'conflict' });
      expect(await harbor.addLabel(place, await pusher.label('foreign', trash.id))).toMatchObject({
        kind: 'missing',
      });
    });

    test('puts a manifest again by its digest, which changes nothing that can be seen', async () => {
      const { harbor, untagged } = scene;
      const before = await there(at('app'), untagged.digest);
      const target = { ...at('app'), digest: untagged.digest };
      const manifest = { text: untagged.body, mediaType: untagged.mediaType };
      expect(await harbor.putManifest(target, manifest)).toEqual({ kind: 'done' });
      expect(await there(at('app'), untagged.digest)).toEqual(before);
    });

    test('deletes a repository, and says when there is none', async () => {
      const { harbor, pusher, trash } = scene;
      await pusher.image({ into: `${trash.name}/short/lived`, tag: 'v1', name: 'short-lived' });
      expect(await harbor.deleteRepository(at('short/lived', trash.name))).toEqual({
        kind: 'done',
      });
      expect(await harbor.deleteRepository(at('short/lived', trash.name))).toMatchObject({
        kind: 'missing',
      });
    });

    test('tells the two kinds of 412 apart', async () => {
      const { harbor, children, image, pusher, source } = scene;
      expect(await harbor.deleteArtifact(at('deep/er'), children[0]?.digest ?? '')).toMatchObject({
        kind: 'protected',
        by: 'parent',
      });
      const rule = {
        action: 'immutable',
        template: 'immutable_template',
        tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: 'v1' }],
        scope_selectors: {
          repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: 'app' }],
        },
      };
      expect(
        (await pusher.request('POST', `/projects/${source.name}/immutabletagrules`, rule)).status,
      ).toBe(201);
      expect(await harbor.readImmutableRules(source)).toMatchObject([
        { tagPattern: 'v1', repositoryPattern: 'app' },
      ]);
      expect(await harbor.readArtifact(at('app'), image.digest)).toMatchObject({
        immutableTags: ['v1'],
      });
      expect(await harbor.deleteArtifact(at('app'), image.digest)).toMatchObject({
        kind: 'protected',
        by: 'immutable-tag',
      });
      expect(await harbor.removeTag({ ...at('app'), digest: image.digest }, 'v1')).toMatchObject({
        kind: 'protected',
        by: 'immutable-tag',
      });
    });

    test('deletes by digest, with the untagged children, and copies back what the trash holds', async () => {
      const { harbor, index, children, trash } = scene;
      const copy = { ...at('kept/deep', trash.name), digest: index.digest };
      expect(await harbor.copyArtifact({ ...at('deep/er'), digest: index.digest }, copy)).toEqual({
        kind: 'done',
      });
      expect(await harbor.deleteArtifact(at('deep/er'), index.digest)).toEqual({ kind: 'done' });
      expect(await harbor.deleteArtifact(at('deep/er'), index.digest)).toMatchObject({
        kind: 'missing',
      });
      for (const child of children) {
        const now = await harbor.readArtifact(at('deep/er'), child.digest);
        expect(now).toEqual({ kind: 'gone' });
      }
      expect(await harbor.copyArtifact(copy, at('deep/er'))).toEqual({ kind: 'done' });
      const back = await there(at('deep/er'), index.digest);
      expect([namesOf(back), back.children.length]).toEqual([['multi'], 2]);
    });

    test('is refused as nobody, in words', async () => {
      const { url } = scene.target;
      const nobody = connectHarbor({ url, username: 'nobody-at-all', password: 'x' }, clock);
      const { untagged } = scene;
      expect(await nobody.changes.writer.deleteArtifact(at('app'), untagged.digest)).toMatchObject({
        kind: 'denied',
        by: 'sign-in',
      });
    }, 20_000);
  });
}
