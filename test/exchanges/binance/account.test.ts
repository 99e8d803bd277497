import { describe } from 'vitest';
import { createBinanceAccount } from '../../../src/exchanges/binance/account.ts';
import { describeVenueAccount } from '../account/venue-account.contract.ts';
import { SIMULATED_BINANCE } from './simulated-binance.ts';

const VOLATILE = ['timestamp', 'recvWindow', 'signature'];

describe('a spot account at Binance', () => {
  describeVenueAccount({
    account: createBinanceAccount({ origin: 'wss://ws-api.binance.com:443', restOrigin: 'https://api.binance.com' }),
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
});
