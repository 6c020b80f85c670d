import { type Content, markup, type Markup } from './markup.ts';

/** A column of a table; numbers stand flush right. */
export interface Column<T> {
  readonly head: string;
  readonly kind?: 'number' | 'bar' | 'wide';
  /** Left out on a phone. */
  readonly minor?: boolean;
  readonly cell: (row: T) => Content;
}

/** A table whose first column heads its rows; `caption` is heard before it, and seen unless it is said already. */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
): Markup {
  const head = columns.map(
    (one) => markup`<th scope="col" class="${classOf(one)}">${one.head}</th>`,
  );
  const body = rows.map(
    (row) =>
      markup`<tr>${columns.map((one, index) =>
        index === 0
          ? markup`<th scope="row" class="${classOf(one)}">${one.cell(row)}</th>`
          : markup`<td class="${classOf(one)}">${one.cell(row)}</td>`,
      )}</tr>
`,
  );
  return markup`<div class="scroll"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}

function classOf<T>({ kind, minor }: Column<T>): string {
  return [kind ?? 'text', ...(minor === true ? ['minor'] : [])].join(' ');
}

/** A section of the page with a heading that links can lead to. */
export function section(id: string, title: string, content: Content): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}</section>
`;
}

/** A name that anybody may have given: it stands for itself, whatever its direction of writing. */
export function name(text: string): Markup {
  return markup`<bdi>${text}</bdi>`;
}
