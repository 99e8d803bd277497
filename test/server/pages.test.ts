import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PageFacts, renderPage } from '../../src/server/page.ts';
import { ask } from '../support/http-client.ts';
import { refusalOf, type ServedDesk, serveDesk } from './served-desk.ts';

let desk: ServedDesk;
beforeAll(async () => {
  desk = await serveDesk();
});
afterAll(() => desk.close());

describe('GraphiQL', () => {
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'gzip, br' };

  it('is one compressed page with the operations as tabs, and is not sent twice', async () => {
    const { status, headers, body } = await ask({ url: `${desk.url}/graphql`, headers: html });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' });
    expect(body.length).toBeLessThan(4_000_000);
    expect(gunzipSync(body).toString()).toContain(JSON.stringify('query Hello { hello(name: "<desk>") }'));
    const { etag = '' } = headers;
    const again = await ask({ url: `${desk.url}/graphql?query=x`, headers: { ...html, 'if-none-match': etag } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('is sent as it is to who takes no compression', async () => {
    const { headers, text } = await ask({ url: `${desk.url}/graphql`, headers: { accept: 'text/html' } });
    expect(headers['content-encoding']).toBeUndefined();
    expect(text).toContain('YogaGraphiQL.renderYogaGraphiQL');
  });

  it('loads nothing from elsewhere, by its policy and by its tags', async () => {
    const { headers, text } = await ask({ url: `${desk.url}/graphql`, headers: { accept: 'text/html' } });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'.*connect-src 'self'/);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    const tags = text.match(/<(script|link|img|iframe)\b[^>]{0,400}(src|href)="(?!data:)[^"]{0,200}"/g) ?? [];
    expect(tags.filter((tag) => tag.startsWith('<script') || tag.startsWith('<link'))).toEqual([]);
  });

  it('is not there when it is switched off', async () => {
    const without = await serveDesk({}, { graphiql: false });
    const answer = await ask({ url: `${without.url}/graphql`, headers: html });
    const front = await ask({ url: `${without.url}/` });
    await without.close();
    expect(answer.status).toBe(403);
    expect(refusalOf(answer).code).toBe('FORBIDDEN');
    expect(front.text).not.toMatch(/GraphiQL<|href="\/graphql/);
    expect(front.text).toContain('"hasGraphiQL":false');
  });
});

describe('the front page', () => {
  it('says what runs, leads on, and loads nothing from elsewhere', async () => {
    const { status, headers, text } = await ask({ url: `${desk.url}/` });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'/);
    expect(policy).not.toMatch(/https?:|\*|unsafe/);
    for (const shown of ['<title>Deskgraph</title>', '1.2.3', 'sqlite', '.deskgraph', 'simulated']) {
      expect(text).toContain(shown);
    }
    expect(text).toContain('href="/graphql"');
    expect(text).toContain('href="/health/ready"');
    expect(text.match(/<script[^>]*>/g)).toEqual([
      '<script type="module" src="/assets/page/main.ts" blocking="render">',
      '<script type="application/json" id="facts">',
    ]);
    expect(text).not.toMatch(/<style|style=|<img|<iframe/);
    // The one way out is a link that the licence of the candles asks for.
    expect(text.match(/https?:\/\/[^"]*/g)).toEqual(['https://www.tradingview.com/']);
  });

  it('loads style sheets that are there', async () => {
    const { text } = await ask({ url: `${desk.url}/` });
    const paths = [...text.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, path]) => path);
    expect(paths).toEqual(expect.arrayContaining(['/assets/vendor/uplot.css', '/assets/page/desk.css']));
    for (const path of paths) {
      const sheet = await ask({ url: `${desk.url}${path}` });
      expect([sheet.status, sheet.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
      expect(sheet.text).not.toMatch(/@import|https?:/);
    }
  });

  it('escapes whatever it is told', () => {
    const evil = `"><script>alert('&')</script><!--`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;&lt;!--';
    const facts: PageFacts = {
      name: evil,
      version: evil,
      store: evil,
      dataFolder: evil,
      isDemo: false,
      gateways: [{ name: evil, symbols: [evil], accountCookie: evil }],
      commands: [{ name: evil, script: evil }],
    };
    const page = renderPage({ facts, hasGraphiQL: true, styles: [evil] });
    expect(page).not.toMatch(/<script>|<!--/);
    expect(page.split(escaped)).toHaveLength(7);
    const data = /<script type="application\/json" id="facts">(.*)<\/script>/.exec(page)?.[1] ?? '';
    expect(data).not.toContain('<');
    const { gateways, commands } = facts;
    expect(JSON.parse(data)).toEqual({ gateways, commands, isDemo: false, hasGraphiQL: true });
  });

  it('answers HEAD without a body and refuses other methods', async () => {
    const head = await ask({ url: `${desk.url}/`, method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(500);
    const refused = await ask({ url: `${desk.url}/`, method: 'DELETE' });
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('what the front page loads', () => {
  const script = '/assets/page/main.ts';

  it('is JavaScript: the modules without their types, and packages by their address', async () => {
    const { status, headers, text } = await ask({ url: `${desk.url}${script}` });
    expect([status, headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(text).toMatch(/from '\.\/desk-socket\.ts'/);
    expect(text).not.toContain('DeskFacts');
    const charting = await ask({ url: `${desk.url}/assets/page/charting.ts` });
    expect(charting.text).toContain("import('/assets/vendor/lightweight-charts.js')");
    expect(charting.text).toContain("import('/assets/vendor/uplot.js')");
  });

  it('imports nothing that is not there', async () => {
    const seen = new Set([script]);
    for (const path of seen) {
      const { status, text } = await ask({ url: `${desk.url}${path}` });
      expect([path, status]).toEqual([path, 200]);
      if (path.startsWith('/assets/vendor/')) continue;
      for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
        seen.add(new URL(specifier, `${desk.url}${path}`).pathname);
      }
    }
    expect([...seen]).toContain('/assets/vendor/lightweight-charts.js');
    expect(seen.size).toBeGreaterThan(10);
  });

  it.each([script, '/assets/page/desk.css', '/assets/vendor/lightweight-charts.js', '/assets/vendor/uplot.js'])(
    'is asked for again each time and sent once: %s',
    async (path) => {
      const { headers, body } = await ask({ url: `${desk.url}${path}` });
      expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
      const { etag = '' } = headers;
      const again = await ask({ url: `${desk.url}${path}`, headers: { 'if-none-match': etag } });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
      const other = await ask({ url: `${desk.url}${path}`, headers: { 'if-none-match': '"another"' } });
      expect([other.status, other.body.length]).toEqual([200, body.length]);
      const head = await ask({ url: `${desk.url}${path}`, method: 'HEAD' });
      expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, String(body.length)]);
    },
  );

  it.each([
    '/assets/',
    '/assets/page/',
    '/assets/page/none.ts',
    '/assets/page/desk.css/',
    '/assets/page/../server/page.ts',
    '/assets/page/..%2fserver%2fpage.ts',
    '/assets/page/%2e%2e/server/page.ts',
    '/assets/vendor/../../package.json',
    '/assets/page//etc/passwd',
    '/assets/__proto__',
  ])('is nothing but what it needs: %s', async (path) => {
    const answer = await askRaw(path);
    expect(answer).toMatch(/^HTTP\/1\.1 404 .*NOT_FOUND/s);
  });

  it('refuses other methods', async () => {
    const { status, headers } = await ask({ url: `${desk.url}${script}`, method: 'POST' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

/** A request whose path no client has tidied up. */
async function askRaw(path: string): Promise<string> {
  const socket = connect(desk.port, '127.0.0.1');
  socket.end(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  return text(socket);
}

describe('health', () => {
  it('says that it lives and that it is ready', async () => {
    const live = await ask({ url: `${desk.url}/health/live` });
    expect([live.status, live.text]).toEqual([200, '{"status":"live"}']);
    const ready = await ask({ url: `${desk.url}/health/ready` });
    expect([ready.status, ready.text]).toEqual([200, '{"status":"ready","dependencies":{"store":"ok"}}']);
    const head = await ask({ url: `${desk.url}/health/ready`, method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(ready.body.length)]);
  });

  it('says 503 when something that it needs is missing', async () => {
    const isReady = { isReady: false, dependencies: { store: 'unavailable' } };
    const unready = await serveDesk({}, { readiness: async () => isReady });
    const { status, text } = await ask({ url: `${unready.url}/health/ready` });
    await unready.close();
    expect([status, text]).toEqual([503, '{"status":"not ready","dependencies":{"store":"unavailable"}}']);
  });

  it('hides what a check of its own throws', async () => {
    const failing = await serveDesk({}, { readiness: () => Promise.reject(new Error('secret')) });
    const answer = await ask({ url: `${failing.url}/health/ready` });
    await failing.close();
    expect(answer.status).toBe(500);
    expect(refusalOf(answer).code).toBe('INTERNAL');
    expect(failing.faults).toHaveLength(1);
  });

  it.each(['/health/live', '/health/ready'])('refuses to be posted to at %s', async (path) => {
    const { status, headers } = await ask({ url: `${desk.url}${path}`, method: 'POST' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});
