/** What lies on all pages together. @throws whatever ends the reading: a page that fails is never an empty one */
export async function everyPage<Page, Entry>(
  pages: AsyncIterable<Page>,
  entriesOf: (page: Page) => readonly Entry[] | undefined,
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for await (const page of pages) all.push(...(entriesOf(page) ?? []));
  return all;
}
