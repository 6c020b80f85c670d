import * as z from 'zod';
import { RetentionError } from '../../errors.ts';
import type { HarborRetentionPort, RetentionExecution, RetentionTask } from '../../ports.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { offsetList } from './paging.ts';
import { checked } from './parse-row.ts';
import { paths, query } from './paths.ts';
import { answerOf } from './writer.ts';

const wireExecution = z.object({
  id: z.int(),
  dry_run: z.boolean().default(false),
  status: z.string(),
  start_time: z.string(),
});

const wireTask = z.object({
  id: z.int(),
  repository: z.string(),
  status: z.string(),
  total: z.int().default(0),
  retained: z.int().default(0),
});

/** Harbor's own retention through a client. */
export function ownRetention(client: HarborClient): HarborRetentionPort {
  return {
    readPolicy: async ({ retentionId: id }) => {
      if (id === undefined) return undefined;
      const { body } = await client.get(paths.retention(id), 'small');
      return body;
    },
    newestExecution: async (policyId) => {
      // Without a page the Link leads to page 1 for ever (docs/harbor.md#t12-links-and-short-pages).
      const path = paths.retentionExecutions(policyId);
      const { body } = await client.get(path + query({ page: 1, page_size: 10 }), 'small');
      const executions = z.array(z.unknown()).safeParse(body);
      // No list is not "it never ran".
      if (!executions.success) throw HarborFailure.unexpected(path, 'a list was expected.');
      const read = executions.data.map((value, index) => executionOf(value, { path, index }));
      return read.toSorted((one, other) => other.id - one.id)[0];
    },
    listTasks: async (policyId, executionId) => {
      const path = paths.retentionTasks(policyId, executionId);
      const rows = await offsetList(client, path, { kind: 'small' });
      return rows.map((value, index) => taskOf(value, { path, index }));
    },
    readLog: async (policyId, { executionId, taskId }) => {
      const path = paths.retentionTask(policyId, executionId, taskId);
      const { text } = await client.getText(path, 'small', { accept: 'text/plain' });
      return text;
    },
    startDryRun: async (policyId) => {
      const path = paths.retentionExecutions(policyId);
      const answer = await client.send({
        method: 'POST',
        path,
        body: { dry_run: true },
        kind: 'small',
      });
      const id = /\/executions\/(\d+)$/.exec(answer.location ?? '')?.[1];
      const meaning = answerOf(answer, 'POST');
      if (meaning.kind === 'done' && id !== undefined) return Number(id);
      const because = 'because' in meaning ? meaning.because : meaning.kind;
      throw new RetentionError(
        'harbor-unexpected',
        `Harbor started no dry run of its retention: ${because}.`,
        {
          remedy:
            'Grant tag-retention:update on the project; or start it on the project’s page in Harbor, then compare without --start.',
        },
      );
    },
  };
}

interface Where {
  readonly path: string;
  readonly index: number;
}

function executionOf(value: unknown, { path, index }: Where): RetentionExecution {
  const row = checked(wireExecution, { id: index + 1, value }, path);
  return { id: row.id, isDryRun: row.dry_run, status: row.status, startedAt: row.start_time };
}

function taskOf(value: unknown, { path, index }: Where): RetentionTask {
  const { id, repository, status, total, retained } = checked(
    wireTask,
    { id: index + 1, value },
    path,
  );
  return { id, repository, status, total, retained };
}
