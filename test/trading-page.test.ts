import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { VENUES } from '../src/config-file.ts';
import { findVenue } from '../src/exchanges/venues.ts';
import { problemsIn } from './support/config-problems.ts';
import { codeLinesOf, codesOf, rowsOf, sectionOf } from './support/markdown.ts';

const page = readFileSync(new URL('../docs/trading.md', import.meta.url), 'utf8');

it('the page about accounts shows a configuration that is accepted once its variables are set', () => {
  const text = codeLinesOf(sectionOf(page, 'Configuring an account')).join('\n');
  const [gateway] = loadConfig({
    environment: { DESKGRAPH_CONFIG: 'desk.yaml', OKX_KEY: 'a', OKX_SECRET: 'b', OKX_PASSPHRASE: 'c' },
    readFile: () => text,
    cwd: '/desk',
  }).gateways;
  expect(gateway).toMatchObject({
    accountCookie: 'okx-main',
    credentials: { apiKey: 'a', secret: 'b', passphrase: 'c' },
  });
});

it('the page about accounts says where orders go, and as what their clientOrderId', () => {
  const venues = ['okx', 'binance', 'bybit'];
  const rows = rowsOf(sectionOf(page, 'What is sent'));
  expect(rows.map(([venue]) => venue)).toEqual(venues);
  for (const [index, venue] of venues.entries()) {
    const account = findVenue(venue)?.account;
    if (account === undefined) throw new Error('wanted an account');
    const [, stream, order, clientOrderId = ''] = rows[index] ?? [];
    const { method, target, body } = account.rest.placeOrder(
      {
        ...{
          gateway: 'g',
          accountCookie: 'a',
          symbol: 'BTC-USDT',
          side: 'BUY',
          type: 'LIMIT',
          volume: '1',
          price: '2',
        },
        ...{ timeInForce: null, offset: 'NONE', reduceOnly: false, marginMode: null, clientOrderId: 'desk0001' },
      },
      0,
    );
    expect(codesOf(stream)[0]).toBe(new URL(account.socket.url).pathname);
    expect(codesOf(order)[0]).toBe(`${method} ${target}`);
    const [name = ''] = codesOf(clientOrderId);
    const sent = body.startsWith('{') ? JSON.parse(body)[name] : new URLSearchParams(body).get(name);
    expect(sent).toBe('desk0001');
  }
});

it('the page about accounts names the venues that carry one, and whose configuration takes one', () => {
  const [sentence = ''] = /Accounts can be carried at [^.]*/.exec(page) ?? [];
  const named = codesOf(sentence);
  const carrying = VENUES.filter((venue) => venue !== 'paper' && findVenue(venue)?.account !== undefined);
  expect([...named].sort()).toEqual([...carrying].sort());
  for (const venue of VENUES.filter((each) => each !== 'paper')) {
    const gateway = `{ name: a, venue: ${venue}, accountCookie: b, credentials: { apiKeyEnv: K, secretEnv: S, passphraseEnv: P } }`;
    const problems = problemsIn(() =>
      loadConfig({
        environment: { DESKGRAPH_CONFIG: 'desk.yaml', K: 'k', S: 's', P: 'p' },
        readFile: () => `gateways: [${gateway}]`,
        cwd: '/desk',
      }),
    );
    const refused = problems.filter((problem) => problem.includes('accountCookie is not available yet'));
    expect([venue, refused.length]).toEqual([venue, named.includes(venue) ? 0 : 1]);
  }
});
