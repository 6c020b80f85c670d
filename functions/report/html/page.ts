import type { Report } from '../report-schema.ts';
import { artifactsSection } from './artifacts.ts';
import { attentionSection, spaceSection } from './attention.ts';
import { repositoriesSection, rulesSection } from './breakdown.ts';
import type { EmbeddedRows } from './collect-rows.ts';
import { ledgerSection } from './ledger-section.ts';
import { framed, type PageSection } from './frame.ts';
import { markup, type Markup } from './markup.ts';
import { distributionsSection } from './distributions-section.ts';
import { lookAheadSection } from './look-ahead-section.ts';
import { rankingSection } from './ranking-section.ts';
import { rollOutSection } from './roll-out-section.ts';
import { trendSection } from './trend.ts';
import { figuresOf, inDay, statusOf } from './status.ts';

/** A run's report as one file that needs nothing else. Pure. */
export function pageOf(report: Report, rows: EmbeddedRows): string {
  const status = statusOf(report);
  return framed({
    title: `${status.word} · ${report.run.id} · harbor-retention`,
    what: 'report',
    line: runLine(report),
    status,
    figures: figuresOf(report),
    sections: sectionsOf(report, rows),
    footer: footer(report),
  });
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
