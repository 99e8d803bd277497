import { createHash } from 'node:crypto';
import { type HttpExchange, send } from './answer.ts';
import { methodNotAllowed } from './http-error.ts';
import { type PageFile, readPageFiles } from './page-files.ts';

interface Asset extends PageFile {
  readonly etag: string;
}

/**
 * The modules and style sheets of the front page. They are read, and the modules stripped of their types, when somebody
 * opens the page for the first time; from then on only what was found then is there.
 */
export class PageAssets {
  #assets: Promise<ReadonlyMap<string, Asset>> | undefined;

  /** Paths of the style sheets, in the order in which they apply. */
  async styles(): Promise<readonly string[]> {
    const assets = await this.#read();
    return [...assets.keys()].filter((path) => path.endsWith('.css'));
  }

  /** False: there is nothing at the path of the exchange. */
  async send(exchange: HttpExchange): Promise<boolean> {
    const asset = (await this.#read()).get(exchange.path);
    if (asset === undefined) return false;
    const { method, headers } = exchange.request;
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method, ['GET', 'HEAD']);
    const common = { etag: asset.etag, 'cache-control': 'no-cache' };
    if (headers['if-none-match'] === asset.etag) exchange.response.writeHead(304, common).end();
    else send(exchange, { status: 200, headers: { ...common, 'content-type': asset.type }, body: asset.text });
    return true;
  }

  async #read(): Promise<ReadonlyMap<string, Asset>> {
    this.#assets ??= readAssets();
    try {
      return await this.#assets;
    } catch (error) {
      this.#assets = undefined;
      throw error;
    }
  }
}

async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const files = await readPageFiles();
  return new Map(files.map((file) => [file.path, { ...file, etag: etagOf(file.text) }]));
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url')}"`;
}
