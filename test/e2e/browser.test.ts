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
    server = await startDeskgraph();
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

  it('the page says what runs and leads to GraphiQL with a query', async () => {
    await page.goto(server.url);
    expect(await page.title()).toContain('Deskgraph');
    expect(await page.textContent('body')).toContain('simulated');
    await page.locator('a[href^="/graphql?query="]').first().click();
    await page.locator('.graphiql-execute-button').waitFor();
    expect(foreign).toEqual([]);
    expect(faults).toEqual([]);
  });
});
