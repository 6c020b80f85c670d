// Deletes one image after the other and does nothing else: what the embedded Harbor lets a single caller do.
import { connectHarbor } from '../../functions/adapters/harbor/index.ts';
import { wholeOf } from '../support/whole-harbor.ts';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { trashTag } from '../../functions/domain/trash.ts';
import { type Measured, measure } from './child.ts';
import type { HarborAnswer } from './harbor.child.ts';

export interface DeleteLoopInput {
  readonly harbor: HarborAnswer;
  readonly project: string;
  /** A copy is made before, and renamed. */
  readonly trash: string | undefined;
}

export type DeleteLoopAnswer = Measured & {
  readonly deleted: number;
  /** Of the loop alone. */
  readonly loopSeconds: number;
};

await measure(async ({ harbor: address, project, trash }: DeleteLoopInput) => {
  const harbor = wholeOf(connectHarbor(address, { now: () => Date.now() }));
  await harbor.identify();
  const projects = await harbor.listProjects();
  const heads = await harbor.listRepositories(projects);
  const own = heads.filter((head) => head.project === project);
  const projectId = projects.find(({ name }) => name === project)?.id ?? 0;
  const images: { readonly repository: string; readonly artifact: Artifact }[] = [];
  const scope = { project, projectId, repositories: own, by: 'repository' } as const;
  for await (const { head, artifacts } of harbor.listArtifacts({
    ...scope,
    withChildren: false,
    confirmUntagged: false,
  })) {
    images.push(...artifacts.map((artifact) => ({ repository: head.name, artifact })));
  }
  if (images.length === 0) throw new Error(`nothing is in ${project}`);
  const begun = performance.now();
  for (const { repository, artifact } of images) {
    const { digest } = artifact;
    const answers = [];
    if (trash !== undefined) {
      const to = { project: trash, repository: `${project}/${repository}` };
      answers.push(await harbor.copyArtifact({ project, repository, digest }, to));
      const names = artifact.tags === 'unknown' ? [] : artifact.tags.map(({ name }) => name);
      for (const name of names) {
        answers.push(await harbor.createTag({ ...to, digest }, trashTag(digest, name)));
        answers.push(await harbor.removeTag({ ...to, digest }, name));
      }
    }
    answers.push(await harbor.deleteArtifact({ project, repository }, digest));
    if (answers.some(({ kind }) => kind !== 'done')) throw new Error(JSON.stringify(answers));
  }
  return { deleted: images.length, loopSeconds: (performance.now() - begun) / 1000 };
});
