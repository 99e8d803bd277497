import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createBinanceAccount } from '../src/exchanges/binance/account.ts';
import { createBybitAccount } from '../src/exchanges/bybit/account.ts';
import { findVenue } from '../src/exchanges/venues.ts';
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
  const heartbeat = { kind: 'serverFrame' } as const;
  const origins = { origin: 'wss://venue.example', restOrigin: 'https://venue.example' };
  const accounts = {
    okx: findVenue('okx')?.account,
    binance: createBinanceAccount(origins),
    bybit: createBybitAccount({ ...origins, heartbeat, category: 'spot' }),
  };
  const rows = rowsOf(sectionOf(page, 'What is sent'));
  expect(rows.map(([venue]) => venue)).toEqual(Object.keys(accounts));
  for (const [index, account] of Object.values(accounts).entries()) {
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
