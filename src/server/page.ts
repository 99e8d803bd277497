/** What the front page says about the server, and what its panels start from. */
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
  readonly gateways: readonly PageGateway[];
  /** Commands that the page can start; `script`: what a backtest is started with. */
  readonly commands: readonly { readonly name: string; readonly script?: string | undefined }[];
}

interface PageGateway {
  readonly name: string;
  readonly symbols: readonly string[];
  /** Whose orders it carries; null: market data alone. */
  readonly accountCookie: string | null;
}

export interface PageOptions {
  readonly facts: PageFacts;
  readonly hasGraphiQL: boolean;
  /** Paths of its style sheets. */
  readonly styles: readonly string[];
}

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

/** The front page: what runs here, and the frame that its script fills with panels. */
export function renderPage({ facts, hasGraphiQL, styles }: PageOptions): string {
  const { gateways, commands, isDemo } = facts;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(titleOf(facts))}</title>
<link rel="icon" href="data:,">
${styles.map((path) => `<link rel="stylesheet" href="${escapeHtml(path)}">`).join('\n')}
<script type="module" src="/assets/page/main.ts" blocking="render"></script>
</head>
<body>
<header class="page-head">
<h1>${escapeHtml(titleOf(facts))} <small>${escapeHtml(facts.version)}</small></h1>
${isDemo ? '<span class="badge">simulated data</span>' : ''}
<span id="connection" class="connection" role="status"></span>
<nav aria-label="Server">
${hasGraphiQL ? '<a href="/graphql">GraphiQL</a>\n' : ''}<a href="/health/ready">Health</a>
<button type="button" id="theme" class="quiet">Light / dark</button>
</nav>
</header>
<main id="panels" class="panels">
<noscript><p>The panels of this page need JavaScript. The endpoint is <code>/graphql</code>.</p></noscript>
</main>
<footer class="page-foot">
<dl>
${rowsOf(facts)
  .map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`)
  .join('\n')}
</dl>
<p>Candles are drawn by <a href="${ATTRIBUTION}" target="_blank" rel="noopener noreferrer">TradingView Lightweight Charts™</a>, copyright (c) TradingView, Inc.</p>
</footer>
<script type="application/json" id="facts">${jsonInHtml({ gateways, commands, isDemo, hasGraphiQL })}</script>
</body>
</html>
`;
}

/** Asked for by the licence of what draws the candles. */
const ATTRIBUTION = 'https://www.tradingview.com/';

function titleOf({ name }: PageFacts): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

function rowsOf({ store, dataFolder, isDemo }: PageFacts): [string, string][] {
  return [
    ['Endpoint', '/graphql'],
    ['Data', isDemo ? 'simulated demo data' : 'your own'],
    ['Store', store],
    ['Data folder', dataFolder],
  ];
}

/** No text in it can end the element, or begin a comment in it. */
function jsonInHtml(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
