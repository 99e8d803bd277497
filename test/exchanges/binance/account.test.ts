import { describe, expect, it } from 'vitest';
import { createBinanceAccount } from '../../../src/exchanges/binance/account.ts';
import { describeVenueAccount } from '../account/venue-account.contract.ts';
import { openVenueDesk } from '../account/venue-desk.ts';
import { SIMULATED_BINANCE } from './simulated-binance.ts';

const ACCOUNT = createBinanceAccount({
  ...{ origin: 'wss://ws-api.binance.com:443', restOrigin: 'https://api.binance.com' },
});
const VOLATILE = ['timestamp', 'recvWindow', 'signature'];

describe('a spot account at Binance', () => {
  describeVenueAccount({
    account: ACCOUNT,
    protocol: SIMULATED_BINANCE,
    symbol: 'BTCUSDT',
    isPlacing: ({ method }) => method === 'POST',
    isCancelling: ({ method }) => method === 'DELETE',
    isAskingForOne: ({ method, path }) => method === 'GET' && path === '/api/v3/order',
    sentOf: ({ body }) =>
      Object.fromEntries([...new URLSearchParams(body)].filter(([name]) => !VOLATILE.includes(name))),
    sentOrder: {
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '30000' },
      ...{ newClientOrderId: 'a', newOrderRespType: 'ACK' },
    },
    sentHeaders: ['x-mbx-apikey'],
    refusalCode: '-2010',
  });

  it('is compared with the venue also under symbols that the venue does not have any more', async () => {
    await using desk = await openVenueDesk({ account: ACCOUNT, protocol: SIMULATED_BINANCE, symbol: 'GONE' });
    desk.venue.interfere = ({ query }) =>
      query.get('symbol') === 'GONE' ? { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' } : 'PASS';
    await desk.untilState('CONNECTED');
    expect(desk.venue.requests.filter(({ query }) => query.get('symbol') === 'GONE').map(({ path }) => path)).toEqual([
      '/api/v3/allOrders',
      '/api/v3/myTrades',
    ]);
  });
});
