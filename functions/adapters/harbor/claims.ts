import { claimLabel } from '../../domain/claim.ts';
import type { Known } from '../../domain/instant.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { offsetList } from './paging.ts';
import { paths } from './paths.ts';
import { wireLabel } from './wire.ts';

/** The labels of one project that claim it; a label of all projects with the same name claims nothing. */
export async function readClaims(
  client: HarborClient,
  projectId: number,
): Promise<Known<readonly string[]>> {
  const terms = { scope: 'p', project_id: projectId, name: claimLabel };
  try {
    const values = await offsetList(client, paths.labels, { kind: 'small', terms });
    return (
      values
        .map((value, index) => checked(wireLabel, { id: index + 1, value }, paths.labels))
        // Harbor's filter is "contains".
        .flatMap(({ name, description }) => (name === claimLabel ? [description] : []))
    );
  } catch (error) {
    if (!(error instanceof HarborFailure) || error.code === 'harbor-unreachable') throw error;
    return 'unknown';
  }
}
