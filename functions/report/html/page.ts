import { sha256Base64 } from '../../domain/hash.ts';
import type { Report } from '../report-schema.ts';
import { artifactsSection } from './artifacts.ts';
import { script, style } from './assets.ts';
import { attentionSection, spaceSection } from './attention.ts';
import { repositoriesSection, rulesSection } from './breakdown.ts';
import type { EmbeddedRows } from './collect-rows.ts';
import { ledgerSection } from './ledger-section.ts';
import { markup, type Markup, trusted } from './markup.ts';
import { distributionsSection } from './distributions-section.ts';
import { lookAheadSection } from './look-ahead-section.ts';
import { rankingSection } from './ranking-section.ts';
import { rollOutSection } from './roll-out-section.ts';
import { trendSection } from './trend.ts';
import { figuresOf, inDay, statusOf } from './status.ts';

/** Nothing is loaded, nothing is sent, and no script runs but the page's own. */
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${sha256Base64(script)}'`,
  `style-src 'sha256-${sha256Base64(style)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** A run's report as one file that needs nothing else. Pure. */
export function pageOf(report: Report, rows: EmbeddedRows): string {
  const status = statusOf(report);
  const title = `${status.word} · ${report.run.id} · harbor-retention`;
  const sections = sectionsOf(report, rows);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<div class="title"><h1>harbor-retention</h1>${runLine(report)}<button id="theme" type="button" hidden></button></div>
</header>
<main id="main" tabindex="-1">
<div class="status ${status.tone}"><p class="word">${marks[status.tone]} ${status.word}</p><p>${status.sentence}</p></div>
<dl class="figures">${figuresOf(report).map(
    ({ label, value, note }) =>
      markup`<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="about">${note}</dd></div>`,
  )}</dl>
<nav aria-label="Sections"><ul>${sections.map(
    ({ id, label }) => markup`<li><a href="#${id}">${label}</a></li>`,
  )}</ul></nav>
${sections.map(({ content }) => content)}</main>
${footer(report)}
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.text;
}

const marks = { good: '✓', look: '!', bad: '✕' } as const;

interface PageSection {
  readonly id: string;
  readonly label: string;
  readonly content: Markup;
}

function sectionsOf(report: Report, rows: EmbeddedRows): readonly PageSection[] {
  const all: readonly (readonly [string, string, Markup | undefined])[] = [
    ['attention', 'Attention', attentionSection(report)],
    ['rules', 'Rules', rulesSection(report)],
    ['repositories', 'Repositories', repositoriesSection(report)],
    ['distributions', 'Age and size', distributionsSection(report)],
    ['roll-out', 'Roll-out', rollOutSection(report)],
    ['look-ahead', 'What goes next', lookAheadSection(report)],
    ['trend', 'Trend', trendSection(report)],
    ['bytes', 'What it frees', ledgerSection(report)],
    ['space', 'Trash', spaceSection(report)],
    ['ranking', 'Ranking', rankingSection(report)],
    ['artifacts', 'Every artifact', artifactsSection(report, rows)],
  ];
  return all.flatMap(([id, label, content]) =>
    content === undefined ? [] : [{ id, label, content }],
  );
}

function runLine({ run, harbor }: Report): Markup {
  const mode = run.mode === 'dry-run' ? 'Dry run' : 'Armed run';
  const where =
    harbor === undefined
      ? undefined
      : markup` of <bdi>${harbor.url}</bdi> (Harbor ${harbor.version})`;
  return markup`<p class="run">${mode} <bdi>${run.id}</bdi>${where}, ${inDay(run.startedAt)}</p>`;
}

function footer({ policy: used, fingerprint, requests, durationsMs }: Report): Markup {
  let total = 0;
  for (const ms of Object.values(durationsMs)) total += ms;
  const plan =
    fingerprint === undefined
      ? undefined
      : markup` · plan <code>${fingerprint.slice(0, 12)}</code>`;
  return markup`<footer><p>Policy <bdi>${used.name}</bdi> <code>${used.hash.slice(0, 12)}</code>${plan} · ${requests.sent} requests to Harbor in ${Math.round(total / 1000)} s. The same report for machines lies beside this page, as JSON.</p></footer>`;
}
