import { isDigest } from '../../domain/image-list.ts';
import type { SeenImage } from '../image-use.ts';
import { inChunks } from './chunks.ts';
import type { Described, EcsApi, PinnedImages, Service, Task } from './ecs-api.ts';
import type { RegionBook } from './region-book.ts';

/** Bounds of the API for one call. */
const tasksAtOnce = 100;
const servicesAtOnce = 10;
const revisionsAtOnce = 20;

/** Looks at the tasks and services of one cluster. */
export async function lookAtCluster(api: EcsApi, book: RegionBook, cluster: string): Promise<void> {
  const name = lastOf(cluster);
  const tasks = await book.attempt(`tasks of cluster ${name}`, 'ecs:ListTasks', () =>
    api.tasks(cluster),
  );
  for (const arns of inChunks(tasks ?? [], tasksAtOnce)) {
    const described = await book.attempt(`tasks of cluster ${name}`, 'ecs:DescribeTasks', () =>
      api.describeTasks(cluster, arns),
    );
    noteFailures(book, 'task', described);
    for (const task of described?.found ?? []) noteTask(book, name, task);
  }
  const services = await book.attempt(`services of cluster ${name}`, 'ecs:ListServices', () =>
    api.services(cluster),
  );
  for (const arns of inChunks(services ?? [], servicesAtOnce)) {
    const described = await book.attempt(
      `services of cluster ${name}`,
      'ecs:DescribeServices',
      () => api.describeServices(cluster, arns),
    );
    noteFailures(book, 'service', described);
    for (const service of described?.found ?? []) await noteService(api, book, { name, service });
  }
}

function noteTask(book: RegionBook, cluster: string, task: Task): void {
  const isOfService = task.group.startsWith('service:');
  const by = isOfService
    ? `service ${cluster}/${task.group.slice('service:'.length)}`
    : `task ${cluster}/${lastOf(task.arn)}`;
  const digestOf = (digest: string | undefined): SeenImage['digest'] => {
    if (isDigest(digest)) return digest;
    // Until it runs nothing may have been pulled.
    return task.lastStatus === 'RUNNING' ? 'unknown' : undefined;
  };
  book.see(
    task.containers.map(({ image, digest }) => ({
      image,
      digest: digestOf(digest),
      by,
      role: 'running',
    })),
  );
  book.want(task.taskDefinition, by);
}

async function noteService(
  api: EcsApi,
  book: RegionBook,
  { name, service }: { readonly name: string; readonly service: Service },
): Promise<void> {
  const by = `service ${name}/${lastOf(service.arn)}`;
  for (const one of service.taskDefinitions) book.want(one, by);
  for (const arns of inChunks(service.revisions, revisionsAtOnce)) {
    const described = await book.attempt(`revisions of ${by}`, 'ecs:DescribeServiceRevisions', () =>
      api.describeRevisions(arns),
    );
    for (const { arn, reason } of described?.failures ?? []) {
      book.miss(`revision ${lastOf(arn)} of ${by}`, `ECS says ${reason}`, deployAgain);
    }
    for (const revision of described?.found ?? []) notePinned(book, by, revision);
  }
}

/** ECS describes no revision that is older than the call itself. */
const deployAgain =
  'Let the collector run again. A revision from before November 2024 cannot be described: deploy the service once more (--force-new-deployment).';

/** A service starts further tasks by the digests that its deployment found at its beginning. */
function notePinned(book: RegionBook, by: string, { images }: PinnedImages): void {
  book.see(
    images.map(({ image, digest }) => ({
      image,
      digest: isDigest(digest) ? digest : undefined,
      by,
      role: 'may-start',
    })),
  );
}

function noteFailures(book: RegionBook, word: string, described: Described<unknown> | undefined) {
  for (const { arn, reason } of described?.failures ?? []) {
    // It ended between the list and this call.
    if (reason === 'MISSING') continue;
    book.miss(`${word} ${lastOf(arn)}`, `ECS says ${reason}`, 'Let the collector run again.');
  }
}

const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
