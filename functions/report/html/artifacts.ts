import { counted, inNumbers } from '../../domain/format-numbers.ts';
import type { Report } from '../report-schema.ts';
import type { EmbeddedRows } from './collect-rows.ts';
import { type Content, markup, type Markup, trusted } from './markup.ts';
import { section } from './table.ts';

const filters = [
  ['fate', 'Fate', 'any fate'],
  ['project', 'Project', 'all projects'],
  ['rule', 'Rule', 'any rule'],
  ['reason', 'Reason', 'any reason'],
] as const;

const heads = [
  ['fate', 'Fate', ''],
  ['name', 'Artifact', ''],
  ['size', 'Size', 'number'],
  ['pushed', 'Pushed', 'number minor'],
  ['pulled', 'Pulled', 'number minor'],
] as const;

/** Every artifact of the run, to be searched; the page's script fills it. */
export function artifactsSection({ artifacts }: Report, rows: EmbeddedRows): Markup | undefined {
  if (artifacts.rows === 0) return undefined;
  return section('artifacts', 'Every artifact', [whereTheyAre(artifacts, rows), explorer(rows)]);
}

function whereTheyAre({ rows, parts }: Report['artifacts'], { held }: EmbeddedRows): Content {
  const first = parts[0]?.key ?? '';
  const where =
    parts.length === 1
      ? markup`in <code>${first}</code>`
      : markup`in ${inNumbers(parts.length)} files from <code>${first}</code> on`;
  if (held >= rows)
    return markup`<p class="legend">Why each one goes or stays, and what would change that; signatures and the parts of multi-platform images stand for themselves here. The same rows lie ${where}.</p>`;
  const what =
    held === 0
      ? 'This page holds none of them'
      : `This page holds ${inNumbers(held)}, those that go first`;
  return markup`<p>The run judged ${counted(rows, 'artifact')}. ${what}; all of them lie ${where}: <code>harbor-retention explain</code> finds one.</p>`;
}

function explorer({ held, text }: EmbeddedRows): Content {
  if (held === 0) return undefined;
  return markup`<noscript><p>The list can be searched where scripts may run.</p></noscript>
<p id="opening" role="status">Opening the list …</p>
<div id="explorer" hidden>
<div class="controls" role="search" aria-label="Artifacts"><p><label for="search">Search name, tag, digest, label</label><input id="search" type="search" autocomplete="off" spellcheck="false"></p>
${filters.map(([id, label, any]) => markup`<p><label for="filter-${id}">${label}</label><select id="filter-${id}"><option value="">${any}</option></select></p>`)}</div>
<div class="turn"><p id="count" role="status" aria-live="polite"></p><p id="place" class="place"></p><button id="previous" type="button">Previous</button><button id="next" type="button">Next</button></div>
<div class="scroll"><table id="artifacts-table"><caption>Artifacts; a name opens the explanation</caption>
<thead><tr>${heads.map(
    ([sort, label, kind]) =>
      markup`<th scope="col" class="${kind}" data-sort="${sort}"${sort === 'fate' ? markup` aria-sort="ascending"` : undefined}><button type="button">${label}</button></th>`,
  )}<th scope="col" class="minor">Rule or reason</th></tr></thead>
<tbody id="found"></tbody></table></div>
</div>
<script type="application/gzip+base64" id="rows">${trusted(text)}</script>
`;
}
