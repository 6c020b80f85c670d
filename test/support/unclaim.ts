import { rowsOf, talkTo } from '../sandbox-tests/talk.ts';
import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';

const trash = 'retention-trash';
const idOf = (harbor: EmbeddedHarbor): number =>
  harbor.state.projects().find(({ name }) => name === trash)?.id ?? 0;

/** Descriptions of the labels by which deployments claim the trash. */
export async function claimsIn(harbor: EmbeddedHarbor): Promise<readonly unknown[]> {
  const path = `/labels?scope=p&project_id=${idOf(harbor)}&name=harbor-retention`;
  return rowsOf(await talkTo(harbor, 'admin')('GET', path)).map((row) => row['description']);
}

/** What an operator does in Harbor once a deployment, or its store, is gone: removes its claim on the trash. */
export async function unclaim(harbor: EmbeddedHarbor): Promise<void> {
  const talk = talkTo(harbor, 'admin');
  const path = `/labels?scope=p&project_id=${idOf(harbor)}&name=harbor-retention`;
  for (const row of rowsOf(await talk('GET', path)))
    await talk('DELETE', `/labels/${String(row['id'])}`);
}

/** Another deployment claims the trash. */
export async function claimAs(harbor: EmbeddedHarbor, description: string): Promise<number> {
  const body = { name: 'harbor-retention', description, scope: 'p', project_id: idOf(harbor) };
  return (await talkTo(harbor, 'admin')('POST', '/labels', body)).status;
}
