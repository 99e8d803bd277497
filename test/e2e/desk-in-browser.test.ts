import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../support/browser.ts';
import { type Program, runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const executable = findBrowser();

/** Waits as long as a machine that does other things besides may need. */
const poll = <Value>(read: () => Promise<Value>) => expect.poll(read, { timeout: 15_000 });

/** One line of the page's log of order events. */
interface LoggedEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly text: string;
}

describe.skipIf(executable === undefined)('the desk in a browser (skipped where none is on PATH)', () => {
  const folder = temporaryFolder();
  let program: Program;
  let url: string;
  let browser: Browser;
  let page: Page;
  const foreign: string[] = [];
  const faults: string[] = [];

  const start = async (port: string): Promise<void> => {
    program = runProgram([], { cwd: folder.path, environment: { PORT: port } });
    [, url = ''] = await program.waitFor(/listening on (\S+)/);
  };
  const kill = async (): Promise<void> => {
    program.child.kill('SIGKILL');
    await program.finished;
  };
  const logged = async (): Promise<LoggedEvent[]> => {
    const lines = await page.locator('.event-log li[data-seq]').evaluateAll((items) =>
      items.map((item) => ({
        seq: Number(item.getAttribute('data-seq')),
        eventId: item.getAttribute('data-event-id') ?? '',
        text: item.textContent ?? '',
      })),
    );
    return lines.sort((a, b) => a.seq - b.seq);
  };
  const kindsOf = (events: readonly LoggedEvent[]): string[] =>
    events.map(({ text }) => /ACCEPTED|PARTIALLY_FILLED|FILLED|CANCELLED|REJECTED/.exec(text)?.[0] ?? text);
  const rows = () => page.locator('.orders tbody tr[data-order-id]');
  const place = async (price: string, volume = '0.01'): Promise<void> => {
    await page.locator('#ticket [name=price]').fill(price);
    await page.locator('#ticket [name=volume]').fill(volume);
    await page.locator('#ticket [name=volume]').press('Enter');
  };

  beforeAll(async () => {
    await start('0');
    browser = await launchBrowser(executable ?? '');
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== url && protocol.startsWith('http')) foreign.push(request.url());
    });
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== new URL(url).host) foreign.push(socket.url());
    });
    page.on('pageerror', (error) => faults.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await kill();
    folder[Symbol.dispose]();
  });

  it('places and cancels a paper order, and shows each step', async () => {
    await page.goto(url);
    await page.locator('tr[data-symbol="BTC-USDT"]').waitFor();
    // What is placed before the page knows how the orders stand is in its first state, and no event.
    await page.locator('.event-log').getByText('State as of now').waitFor();
    await place('40000');
    await rows().first().waitFor();
    await poll(async () => kindsOf(await logged())).toEqual(['ACCEPTED']);
    await rows()
      .first()
      .getByRole('button', { name: /cancel/i })
      .click();
    await poll(() => rows().first().getAttribute('data-status')).toBe('CANCELLED');
    expect(kindsOf(await logged())).toEqual(['ACCEPTED', 'CANCELLED']);
  });

  it('goes on behind the last event after the server was killed and started again, without hole or duplicate', async () => {
    await place('41000');
    await poll(async () => (await logged()).length).toBe(3);
    const before = await logged();
    const { port } = new URL(url);
    await kill();
    await page
      .locator('#connection')
      .getByText(/again|lost|connecting/i)
      .waitFor();
    await start(port);
    // While the page is still away something happens that it has to learn of.
    const body = JSON.stringify({
      query: `mutation { placeOrder(input: { gateway: "paper", accountCookie: "paper", symbol: "BTC-USDT", side: BUY, volume: "0.01", price: "42000", clientOrderId: "away" }) { ... on Order { status } ... on OrderRejected { code } } }`,
    });
    const headers = { 'content-type': 'application/json' };
    await poll(async () => (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text()).toContain('OPEN');
    await poll(async () => (await logged()).length).toBe(4);
    await place('43000');
    await poll(async () => (await logged()).length).toBe(5);
    const after = await logged();
    expect(after.slice(0, 3)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(after.map(({ eventId }) => eventId)).size).toBe(5);
    expect(await page.locator('.event-log li[data-gap]').count()).toBe(0);
    expect(await rows().count()).toBe(4);
  });

  it('shows the same after it was loaded again', async () => {
    const before = await logged();
    await page.reload();
    await poll(async () => (await logged()).length).toBe(before.length);
    expect((await logged()).map(({ seq, eventId }) => ({ seq, eventId }))).toEqual(
      before.map(({ seq, eventId }) => ({ seq, eventId })),
    );
  });

  it('shows prices that move again', async () => {
    const row = page.locator('tr[data-symbol="BTC-USDT"]');
    const first = await row.textContent();
    await poll(() => row.textContent()).not.toBe(first);
  });

  it('shows the premium of a fund, with the band that most days lie in', async () => {
    const panel = page.locator('#premium');
    const legend = /95 %\s*[+−]\d\.\d{3} %\s*5 %\s*[+−]\d\.\d{3} %/;
    await poll(() => panel.locator('.u-legend').textContent()).toMatch(legend);
    expect(await panel.locator('dl.figures').textContent()).toMatch(/Percentile\s*\d+ %/);
  });

  it('has points of a premium that a chart takes as they are', async () => {
    const points = 'series { time: date value: premium }';
    const query = `{ etfPremium(code: "510300.SH", start: "2024-01-02", end: "2024-06-28") { line: ${points} } }`;
    // A text: the test runner would put a function of its own for the import.
    const drawn = await page.evaluate<{ given: unknown[]; shown: unknown[] }>(`(async () => {
      const { createChart, LineSeries } = await import('/assets/vendor/lightweight-charts.js');
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch('/graphql', { method: 'POST', headers, body: ${JSON.stringify(JSON.stringify({ query }))} });
      const given = (await answer.json()).data.etfPremium.line;
      const series = createChart(document.createElement('div')).addSeries(LineSeries);
      series.setData(given);
      return { given, shown: series.data() };
    })()`);
    expect(drawn.shown).toEqual(drawn.given);
    expect(drawn.shown.length).toBeGreaterThan(100);
  });

  it('has asked no other host, and had no fault', () => {
    expect(foreign).toEqual([]);
    expect(faults).toEqual([]);
  });
});
