import type { NamedOperation } from './graphiql.ts';
import { followDesk } from './page-script.ts';

/** What the front page says about the server. */
export interface PageFacts {
  readonly name: string;
  readonly version: string;
  /** Where accounts are kept: `sqlite`. */
  readonly store: string;
  /** The name of the data folder, not where it is. */
  readonly dataFolder: string;
  /** Whether the data is simulated. */
  readonly isDemo: boolean;
  /** Gateways that hold symbols, whose ticks the page follows. */
  readonly gateways: readonly { readonly name: string; readonly symbols: readonly string[] }[];
  /** Commands that the page can start; `script`: what a backtest is started with. */
  readonly commands: readonly { readonly name: string; readonly script?: string | undefined }[];
}

export interface PageOptions {
  readonly facts: PageFacts;
  /** Shown as a text that can be opened in GraphiQL. */
  readonly firstOperation: NamedOperation | undefined;
  readonly hasGraphiQL: boolean;
}

export const PAGE_STYLE_PATH = '/assets/page.css';
export const PAGE_SCRIPT_PATH = '/assets/page.js';

export const PAGE_SCRIPT = `'use strict';\n(${followDesk})(document);\n`;

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;

/** The front page: what runs here, and where to go from it. */
export function renderPage({ facts, firstOperation, hasGraphiQL }: PageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(titleOf(facts))}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
<script src="${PAGE_SCRIPT_PATH}" defer></script>
</head>
<body>
<main>
<h1>${escapeHtml(titleOf(facts))} <small>${escapeHtml(facts.version)}</small></h1>
<p>One GraphQL endpoint for a trading desk: accounts, daily bars and ETF premium to ask for, ticks and the output of commands to follow, through one typed schema.</p>
<dl>
${rowsOf(facts)
  .map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`)
  .join('\n')}
</dl>
<nav>
${hasGraphiQL ? '<a class="button" href="/graphql">Open GraphiQL</a>\n' : ''}<a href="/health/ready">Health</a>
${isLive(facts) ? '<small id="connection" role="status">connecting …</small>' : ''}
</nav>
${facts.gateways.map(ticksSection).join('\n')}
${facts.commands.length === 0 ? '' : commandsSection(facts)}
${firstOperation === undefined ? '' : operationSection(firstOperation, hasGraphiQL)}
</main>
</body>
</html>
`;
}

function isLive({ gateways, commands }: PageFacts): boolean {
  return gateways.length + commands.length > 0;
}

function titleOf({ name }: PageFacts): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

function rowsOf({ store, dataFolder, isDemo }: PageFacts): [string, string][] {
  const rows: [string, string][] = [
    ['Endpoint', '/graphql'],
    ['Data', isDemo ? 'simulated demo data' : 'your own'],
    ['Store', store],
    ['Data folder', dataFolder],
  ];
  return rows;
}

function ticksSection({ name, symbols }: PageFacts['gateways'][number]): string {
  return `<section>
<h2>Ticks of ${escapeHtml(name)}</h2>
<table data-gateway="${escapeHtml(name)}" data-symbols="${escapeHtml(JSON.stringify(symbols))}">
<thead><tr><th>Symbol</th><th>Last</th><th>Bid</th><th>Ask</th><th>Volume, 24 h</th><th>Received</th></tr></thead>
<tbody></tbody>
</table>
</section>`;
}

function commandsSection({ commands }: PageFacts): string {
  const forms = commands.map(({ name, script }) => {
    const data = script === undefined ? '' : ` data-script="${escapeHtml(script)}"`;
    return `<form data-command="${escapeHtml(name)}"${data}><button class="button">Run ${escapeHtml(name)}</button></form>`;
  });
  return `<section>
<h2>Commands <small id="run-state" role="status"></small></h2>
<div class="row">${forms.join('')}<progress id="progress" max="1" value="0"></progress></div>
<pre id="output" aria-label="Output of the run"></pre>
</section>`;
}

function operationSection({ document }: NamedOperation, hasGraphiQL: boolean): string {
  const link = `<p><a class="button" href="/graphql?query=${escapeHtml(encodeURIComponent(document))}">Run it in GraphiQL</a></p>`;
  return `<section>
<h2>A first query</h2>
<pre><code>${escapeHtml(document.trim())}</code></pre>
${hasGraphiQL ? link : ''}
</section>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1d2429, #d9dfe3);
  --quiet: light-dark(#5b666e, #929da5);
  --line: light-dark(#dfe4e7, #2c353b);
  --ground: light-dark(#fdfdfc, #14191d);
  --raised: light-dark(#f4f6f6, #1b2227);
  --accent: light-dark(#0b5c6b, #6fc3d1);
  --warn: light-dark(#9a4a12, #e0a070);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.55 system-ui, sans-serif;
}
main { max-width: 44rem; margin: 0 auto; padding: 4rem 1.5rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.75rem; font-weight: 600; letter-spacing: -0.01em; }
h1 small { color: var(--quiet); font-size: 1rem; font-weight: 400; }
h2 { margin: 3rem 0 0.75rem; font-size: 1rem; font-weight: 600; }
p { margin: 0 0 1rem; }
dl { margin: 2rem 0; border-top: 1px solid var(--line); }
dl div { display: flex; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
dt { width: 9rem; flex: none; color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
nav small { color: var(--quiet); }
nav { display: flex; align-items: center; gap: 1.25rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
.button {
  display: inline-block;
  padding: 0.4rem 0.9rem;
  border: 1px solid var(--accent);
  border-radius: 0.3rem;
  background: none;
  color: var(--accent);
  font: inherit;
  text-decoration: none;
  cursor: pointer;
}
.button:hover, .button:focus-visible { background: var(--accent); color: var(--ground); }
h2 small { margin-left: 0.5rem; color: var(--quiet); font-size: 0.875rem; font-weight: 400; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.5rem; border-bottom: 1px solid var(--line); text-align: right; }
th { color: var(--quiet); font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
tr.stale { color: var(--quiet); }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem; margin-bottom: 1rem; }
pre {
  margin: 0 0 1rem;
  padding: 1rem;
  overflow-x: auto;
  border: 1px solid var(--line);
  border-radius: 0.3rem;
  background: var(--raised);
  font: 0.875rem/1.5 ui-monospace, monospace;
}
#output { height: 14rem; overflow-y: auto; white-space: pre-wrap; }
#output .stderr { color: var(--warn); }
`;
