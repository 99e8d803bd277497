import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveDesk } from '../server/served-desk.ts';
import { findBrowser, launchBrowser } from '../support/browser.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const executable = findBrowser();
const DAYS = '#candles [data-candles]';
const LAST_PRICE = 'table[data-gateway="paper"] [data-symbol="BTC-USDT"] .last';

describe.skipIf(executable === undefined)('the desk page (skipped where no browser is on PATH)', () => {
  let server: TestDeskgraph;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the page asked of others, and what its console complained of. */
  let faults: string[];

  beforeAll(async () => {
    server = await startDeskgraph({ isClockRunning: true });
    browser = await launchBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    faults = [];
    context = await browser.newContext({ colorScheme: 'light' });
    page = await context.newPage();
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') faults.push(request.url());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
  });
  afterEach(() => context.close());

  const candles = async (): Promise<number> => Number(await page.locator(DAYS).getAttribute('data-candles'));

  it('shows prices that move, and daily candles of the same symbol', async () => {
    await page.goto(server.url);
    await page.locator('#connection').getByText('live').waitFor();
    const last = page.locator(LAST_PRICE);
    await expect.poll(() => last.textContent()).toMatch(/^[\d,.]+$/);
    const first = await last.textContent();
    await expect.poll(() => last.textContent(), { timeout: 10_000 }).not.toBe(first);
    await expect.poll(candles).toBeGreaterThan(300);
    await page.locator('#candles canvas').first().waitFor();
    expect(await page.locator('.candle-legend').textContent()).toMatch(/O [\d,.]+H [\d,.]+L [\d,.]+C [\d,.]+.*%$/);
    expect(faults).toEqual([]);
  });

  it('shows the daily candles of another code, and says why there are none', async () => {
    await page.goto(server.url);
    await page.getByLabel('Code', { exact: true }).fill('510300.SH');
    await page.keyboard.press('Enter');
    await page.locator('.candle-head').getByText('510300.SH').waitFor();
    await expect.poll(candles).toBeGreaterThan(300);
    await page.getByLabel('Code', { exact: true }).fill('<b>999999</b>.XX');
    await page.keyboard.press('Enter');
    await page.locator('.candle-note').getByText('No daily bars of <b>999999</b>.XX').waitFor();
    expect(await candles()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('shows the minutes of the symbol that is picked in the watchlist, and updates its forming day', async () => {
    await page.goto(server.url);
    await expect.poll(candles).toBeGreaterThan(300);
    const legend = page.locator('.candle-legend');
    const day = await legend.textContent();
    await expect.poll(() => legend.textContent(), { timeout: 10_000 }).not.toBe(day);
    expect(await candles()).toBeGreaterThan(300);
    const [minutes, picked] = ['Live minutes', 'ETH-USDT'].map((name) =>
      page.getByRole('button', { name, exact: true }),
    );
    await picked?.click();
    await page.locator('.candle-head').getByText('ETH-USDT').waitFor();
    // It has no daily bars.
    await expect.poll(() => minutes?.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(candles, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await picked?.getAttribute('aria-pressed')).toBe('true');
    expect(faults).toEqual([]);
  });

  it('opens what a panel asks in GraphiQL, with its variables', async () => {
    await page.goto(server.url);
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('link', { name: 'Show the GraphQL of Watchlist' }).click(),
    ]);
    await opened.locator('.graphiql-execute-button').click();
    await opened.locator('.result-window').getByText('"symbol"').first().waitFor();
    const links = await page
      .locator('.graphql-link')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const panels = await page.locator('.panel').count();
    expect(links.filter((href) => /^\/graphql\?query=\w/.test(href ?? ''))).toHaveLength(panels);
  });

  it('remembers the theme', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.goto(server.url);
    const light = await ground();
    await page.getByRole('button', { name: 'Light / dark' }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
    expect(faults).toEqual([]);
  });

  it('cancels a run and shows that it has ended', async () => {
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Run countdown' }).click();
    await page.locator('#run-state').getByText('RUNNING').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('#output').getByText('[CANCELLED').waitFor();
    await expect.poll(() => page.locator('#run-state').textContent()).toBe('CANCELLED');
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('comes back by itself when the server restarts', async () => {
    const first = await startDeskgraph({ isClockRunning: true });
    await page.goto(first.url);
    const last = page.locator(LAST_PRICE);
    await expect.poll(() => last.textContent()).toMatch(/^[\d,.]+$/);
    await first.close();
    await page.locator('#connection').getByText('connection lost').waitFor();
    const shown = await last.textContent();
    const second = await startDeskgraph({ isClockRunning: true, environment: { PORT: new URL(first.url).port } });
    await page.locator('#connection').getByText('live').waitFor();
    await expect.poll(() => last.textContent(), { timeout: 10_000 }).not.toBe(shown);
    await context.close();
    await second.close();
  });

  it('says what is missing in words where there is nothing, and leads to no GraphiQL that is switched off', async () => {
    const bare = await serveDesk({}, { graphiql: false });
    await page.goto(bare.url);
    await page.locator('#watchlist').getByText('No gateway with symbols is configured').waitFor();
    await page.locator('#candles').getByText('No daily bars of 510300.SH').waitFor();
    await page.locator('#runs').getByText('No command is registered').waitFor();
    expect(await page.locator('a[href^="/graphql"]').count()).toBe(0);
    await context.close();
    await bare.close();
  });
});
