import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../support/browser.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const executable = findBrowser();

describe.skipIf(executable === undefined)('in a browser (skipped where none is on PATH)', () => {
  let server: TestDeskgraph;
  let browser: Browser;
  let page: Page;
  let foreign: string[];
  let faults: string[];

  beforeAll(async () => {
    server = await startDeskgraph({ isClockRunning: true });
    browser = await launchBrowser(executable ?? '');
    page = await browser.newPage();
    foreign = [];
    faults = [];
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== server.url && protocol.startsWith('http')) foreign.push(request.url());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('GraphiQL shows the operations as tabs, runs the first one, and asks no other host', async () => {
    await page.goto(`${server.url}/graphql`);
    await page.locator('.graphiql-execute-button').waitFor();
    expect(await page.locator('.graphiql-tab').count()).toBeGreaterThan(5);
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window').getByText('"data"').first().waitFor();
    expect(foreign).toEqual([]);
  });

  it('GraphiQL follows a subscription', async () => {
    const query = 'subscription { ticks(gateway: "paper", symbols: ["BTC-USDT"]) { symbol last seq } }';
    await page.goto(`${server.url}/graphql?query=${encodeURIComponent(query)}`);
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window').getByText('"BTC-USDT"').first().waitFor();
    expect(foreign).toEqual([]);
  });

  it('the page shows live ticks, runs a command and shows what it prints', async () => {
    await page.goto(server.url);
    const row = page.locator('table[data-gateway="paper"] [data-symbol="BTC-USDT"]');
    await row.waitFor();
    const first = await row.textContent();
    await expect.poll(() => row.textContent(), { timeout: 10_000 }).not.toBe(first);
    await page.getByRole('button', { name: 'Run backtest' }).click();
    await page.locator('#output').getByText('[SUCCEEDED]').waitFor();
    expect(await page.locator('#output').textContent()).toMatch(/510300\.SH.*2015.*2024/s);
    expect(await page.locator('#run-state').textContent()).toBe('SUCCEEDED');
    const progress = () => page.locator('#progress').evaluate((element) => 'value' in element && element.value);
    await expect.poll(progress).toBe(1);
    expect(foreign).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('the page says what runs and leads to GraphiQL with a query', async () => {
    await page.goto(server.url);
    expect(await page.title()).toContain('Deskgraph');
    expect(await page.textContent('body')).toContain('simulated');
    const link = page.locator('a[href^="/graphql?query="]').first();
    const [graphiql] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await graphiql.locator('.graphiql-execute-button').waitFor();
    expect(foreign).toEqual([]);
    expect(faults).toEqual([]);
  });
});
