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
    expect(front.text).not.toMatch(/GraphiQL|href="\/graphql/);
  });
});

describe('the front page', () => {
  it('says what runs and leads on', async () => {
    const { status, headers, text } = await ask({ url: `${desk.url}/` });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self'/);
    for (const shown of ['<title>Deskgraph</title>', '1.2.3', 'sqlite', '.deskgraph', 'simulated']) {
      expect(text).toContain(shown);
    }
    expect(text).toContain(`href="/graphql?query=${encodeURIComponent('query Hello { hello(name: "<desk>") }')}"`);
    expect(text).toContain('href="/health/ready"');
    expect(text).toContain('query Hello { hello(name: &quot;&lt;desk&gt;&quot;) }');
    expect(text.match(/<script.*>/g)).toEqual(['<script src="/assets/page.js" defer></script>']);
    expect(text).not.toMatch(/<style|style=|https?:\/\//);
  });

  it('has its style, in light and dark', async () => {
    const { status, headers, text } = await ask({ url: `${desk.url}/assets/page.css` });
    expect([status, headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
    expect(text).toMatch(/color-scheme: light dark/);
  });

  it('escapes whatever it is told', () => {
    const evil = `"><script>alert('&')</script>`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';
    const facts: PageFacts = {
      name: evil,
      version: evil,
      store: evil,
      dataFolder: evil,
      isDemo: false,
      gateways: [{ name: evil, symbols: [evil] }],
      commands: [{ name: evil, script: evil }],
    };
    const page = renderPage({ facts, firstOperation: { name: evil, document: evil }, hasGraphiQL: true });
    expect(page).not.toContain('<script>');
    expect(page).not.toContain(`alert('`);
    expect(page.split(escaped)).toHaveLength(13);
  });

  it('answers HEAD without a body and refuses other methods', async () => {
    const head = await ask({ url: `${desk.url}/`, method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(500);
    const refused = await ask({ url: `${desk.url}/`, method: 'DELETE' });
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

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
