const begin = '<!-- npm run scale -- --write -->';
const end = '<!-- end -->';

/** The document with the simulation's text between its marks. @throws Error without the marks */
export function inDocument(document: string, text: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document lacks ${begin} … ${end}`);
  return `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
}
