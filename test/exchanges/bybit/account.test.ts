import { describe } from 'vitest';
import { createBybitAccount } from '../../../src/exchanges/bybit/account.ts';
import type { Heartbeat } from '../../../src/transport/heartbeat.ts';
import { describeVenueAccount } from '../account/venue-account.contract.ts';
import { SIMULATED_BYBIT } from './simulated-bybit.ts';

const HEARTBEAT: Heartbeat = {
  ...{ kind: 'message', intervalMs: 20_000, timeoutMs: 10_000 },
  ping: (_, count) => JSON.stringify({ req_id: String(count), op: 'ping' }),
  isPong: (text) => text.includes('"op":"pong"'),
};

describe('an account at the spot market of Bybit', () => {
  describeVenueAccount({
    account: createBybitAccount({
      ...{ category: 'spot', heartbeat: HEARTBEAT },
      ...{ origin: 'wss://stream.bybit.com', restOrigin: 'https://api.bybit.com' },
    }),
    protocol: SIMULATED_BYBIT,
    symbol: 'BTCUSDT',
    isPlacing: ({ path }) => path === '/v5/order/create',
    isCancelling: ({ path }) => path === '/v5/order/cancel',
    isAskingForOne: ({ method, query }) => method === 'GET' && (query.has('orderId') || query.has('orderLinkId')),
    sentOf: ({ body }) => JSON.parse(body),
    sentOrder: {
      ...{ category: 'spot', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', timeInForce: 'GTC', qty: '0.1' },
      ...{ price: '30000', orderLinkId: 'a' },
    },
    sentHeaders: ['x-bapi-api-key', 'x-bapi-recv-window', 'x-bapi-sign', 'x-bapi-timestamp'],
    refusalCode: '170131',
  });
});
