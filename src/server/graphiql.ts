import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type HttpExchange, send } from './answer.ts';

/** A document that people start from. */
export interface NamedOperation {
  readonly name: string;
  readonly document: string;
}

interface Page {
  readonly compressed: Buffer;
  readonly etag: string;
  readonly contentSecurityPolicy: string;
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * GraphiQL as one page that asks no other host. Nine megabytes are loaded, and compressed once, when somebody opens it
 * for the first time; only the compressed page is kept.
 */
export class GraphiQL {
  readonly #operations: readonly NamedOperation[];
  #page: Promise<Page> | undefined;

  constructor(operations: readonly NamedOperation[]) {
    this.#operations = operations;
  }

  async send(exchange: HttpExchange): Promise<void> {
    const { compressed, etag, contentSecurityPolicy } = await this.#rendered();
    const { headers } = exchange.request;
    const common = {
      etag,
      'cache-control': 'no-cache',
      vary: 'Origin, Accept, Accept-Encoding',
      'content-security-policy': contentSecurityPolicy,
    };
    if (headers['if-none-match'] === etag) return void exchange.response.writeHead(304, common).end();
    const page = { ...common, 'content-type': 'text/html; charset=utf-8' };
    if (acceptsGzip(headers['accept-encoding'])) {
      return send(exchange, { status: 200, headers: { ...page, 'content-encoding': 'gzip' }, body: compressed });
    }
    send(exchange, { status: 200, headers: page, body: await decompress(compressed) });
  }

  async #rendered(): Promise<Page> {
    this.#page ??= renderPage(this.#operations);
    try {
      return await this.#page;
    } catch (error) {
      this.#page = undefined;
      throw error;
    }
  }
}

async function renderPage(operations: readonly NamedOperation[]): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Deskgraph',
    defaultTabs: operations.map(({ document }) => ({ query: document })),
    shouldPersistHeaders: false,
    // Subscriptions too: a GET would need a header that proves a preflight.
    method: 'POST',
  });
  const page = withVariables(html);
  return {
    compressed: await compress(page),
    etag: `"${createHash('sha256').update(page).digest('base64url')}"`,
    contentSecurityPolicy: policyOf(page),
  };
}

/** It takes the query from its address by itself; the variables have to be handed to it. */
function withVariables(html: string): string {
  const call = 'YogaGraphiQL.renderYogaGraphiQL(';
  const at = html.lastIndexOf(call);
  if (at < 0) throw new Error(`the page of GraphiQL does not call ${call}`);
  const variables = "new URLSearchParams(location.search).get('variables') ?? undefined";
  const render = `((root, options) => ${call}root, { ...options, variables: ${variables} }))(`;
  return html.slice(0, at) + render + html.slice(at + call.length);
}

/** The page's one inline script is allowed by its hash; its editor needs inline styles, and workers made from blobs. */
function policyOf(html: string): string {
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  return [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    'img-src data:',
    'font-src data:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(acceptEncoding ?? ''));
}
