import { sha256Base64 } from '../../domain/hash.ts';
import { script, style } from './assets.ts';
import { markup, type Markup, trusted } from './markup.ts';
import type { HeadFigure } from './space-freed.ts';
import type { Status } from './status.ts';

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

/** A section of a page, and the link to it. */
export interface PageSection {
  readonly id: string;
  readonly label: string;
  readonly content: Markup;
}

/** What pages differ in. */
export interface FramedPage {
  readonly title: string;
  /** What the page is, as its skip link calls it. */
  readonly what: string;
  /** What stands beside the name at the top. */
  readonly line: Markup;
  readonly status: Status;
  readonly figures: readonly HeadFigure[];
  readonly sections: readonly PageSection[];
  readonly footer: Markup;
}

const marks = { good: '✓', look: '!', bad: '✕' } as const;

/** A page as one file that needs nothing else: frame, style, status and figures at the top. Pure. */
export function framed({
  title,
  what,
  line,
  status,
  figures,
  sections,
  footer,
}: FramedPage): string {
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
<a class="skip" href="#main">Skip to the ${what}</a>
<header>
<div class="title"><h1>harbor-retention</h1>${line}<button id="theme" type="button" hidden></button></div>
</header>
<main id="main" tabindex="-1">
<div class="status ${status.tone}"><p class="word">${marks[status.tone]} ${status.word}</p><p>${status.sentence}</p></div>
<dl class="figures">${figures.map(
    ({ label, value, note }) =>
      markup`<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="about">${note}</dd></div>`,
  )}</dl>
<nav aria-label="Sections"><ul>${sections.map(
    ({ id, label }) => markup`<li><a href="#${id}">${label}</a></li>`,
  )}</ul></nav>
${sections.map(({ content }) => content)}</main>
${footer}
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.text;
}
