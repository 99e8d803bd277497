import { describe, expect, it } from 'vitest';
import { DeribitConversation } from '../../../src/exchanges/deribit/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { CANDLE, ERROR, HEARTBEAT, SUBSCRIBED, TICKER, TRADES } from './frames.ts';

const RECEIVED_AT = 1_700_000_000_000;

function read(text: string): readonly VenueEvent[] {
  return new DeribitConversation().read(text, RECEIVED_AT);
}

/** The frame with other data: rows stay a list. */
function changed(frame: string, odd: object): readonly VenueEvent[] {
  const message = JSON.parse(frame);
  const { data } = message.params;
  message.params.data = Array.isArray(data) ? [{ ...data[0], ...odd }, ...data] : { ...data, ...odd };
  return read(JSON.stringify(message));
}

const kinds = (events: readonly VenueEvent[]) => events.map(({ type }) => type);

describe('a trade of Deribit', () => {
  it('is a print with the digits that the venue wrote', () => {
    const print = {
      ...{ symbol: 'BTC_USDC-PERPETUAL', tradeId: 'USDC-2436803', timestamp: 1_655_397_355_998 },
      ...{ receivedAt: RECEIVED_AT, price: '21026.50', size: '0.049', side: 'BUY' },
    };
    expect(read(TRADES)).toEqual([{ type: 'PRINT', print }]);
  });

  it('keeps numbers that a double would not', () => {
    const text = TRADES.replace('21026.50', '9.121E-7').replace('0.049', '12345678901234567890.10');
    expect(read(text)).toMatchObject([{ print: { price: '0.0000009121', size: '12345678901234567890.10' } }]);
  });

  it.each([
    [{ direction: 'sell' }, { side: 'SELL' }],
    [{ direction: 'zero' }, { side: null }],
    [{ trade_id: undefined }, { tradeId: null }],
    [{ timestamp: null }, { timestamp: null }],
    [{ liquidation: 'M', block_trade_id: '17' }, { price: '21026.5' }],
  ])('with %j is a print with %j', (odd, print) => {
    expect(changed(TRADES, odd)[0]).toMatchObject({ type: 'PRINT', print });
  });

  it.each([
    [{ price: 0 }],
    [{ price: -1 }],
    [{ price: null }],
    [{ amount: 0 }],
    [{ amount: {} }],
    [{ instrument_name: 'ETH-PERPETUAL' }],
  ])('with %j cannot be read, and the trade after it can', (odd) => {
    expect(kinds(changed(TRADES, odd))).toEqual(['UNREADABLE', 'PRINT']);
  });
});

describe('a ticker of Deribit', () => {
  it('is a quote in numbers, without what the venue does not tell', () => {
    expect(read(TICKER)).toEqual([
      {
        type: 'QUOTE',
        quote: {
          ...{ symbol: 'BTC-PERPETUAL', timestamp: 1_583_778_859_480, receivedAt: RECEIVED_AT },
          ...{ last: 7750.5, lastSize: null, bid: 7750, bidSize: 19_470, ask: 7750.5, askSize: 343_280 },
          ...{ open24h: null, high24h: 8311.5, low24h: 7631.5, volume24h: 60_627.57263769 },
        },
      },
    ]);
  });

  it.each([
    [
      { best_bid_price: 0, best_bid_amount: 0 },
      { bid: null, bidSize: null, ask: 7750.5 },
    ],
    [
      { best_ask_price: null, best_ask_amount: 0 },
      { ask: null, askSize: null },
    ],
    [{ last_price: null }, { last: null }],
    [{ stats: { volume: null, low: null, high: null } }, { volume24h: null, low24h: null, high24h: null }],
    [{ stats: undefined }, { volume24h: null }],
    [{ timestamp: '' }, { timestamp: null }],
  ])('with %j says %j', (odd, quote) => {
    expect(changed(TICKER, odd)).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([[{ best_bid_price: 'x' }], [{ last_price: -1 }], [{ instrument_name: 'A' }], [{ stats: { high: 'x' } }]])(
    'with %j cannot be read',
    (odd) => {
      expect(kinds(changed(TICKER, odd))).toEqual(['UNREADABLE']);
    },
  );
});

describe('a candle of Deribit', () => {
  it('is a bar that forms until the next one comes', () => {
    const conversation = new DeribitConversation();
    const bar = {
      ...{ symbol: 'BTC_USDC-PERPETUAL', interval: 'M1', openTime: 1_655_403_420_000 },
      ...{ open: 20_951, high: 20_960, low: 20_940.5, close: 20_955, volume: 2.5, isClosed: false },
    };
    expect(conversation.read(CANDLE, 1)).toEqual([{ type: 'BAR', bar }]);
    const next = conversation.read(CANDLE.replace('1655403420000', '1655403480000'), 1);
    expect(next).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...bar, openTime: 1_655_403_480_000 } },
    ]);
  });

  it.each([
    [{ tick: null }],
    [{ open: null }],
    [{ high: 'x' }],
    [{ low: -1 }],
    [{ close: [] }],
    [{ volume: undefined }],
  ])('with %j cannot be read', (odd) => {
    expect(kinds(changed(CANDLE, odd))).toEqual(['UNREADABLE']);
  });
});

describe('another message of Deribit', () => {
  it.each([
    [HEARTBEAT],
    ['{"jsonrpc":"2.0","id":0,"result":"ok"}'],
    ['{"jsonrpc":"2.0","id":0,"result":{"version":"1.2.26"}}'],
  ])('says nothing: %s', (text) => {
    expect(read(text)).toEqual([]);
  });

  it('is a trouble when a request did not work', () => {
    expect(read(ERROR)).toEqual([{ type: 'TROUBLE', reason: '-32602 Invalid params' }]);
  });

  it.each([
    [''],
    ['[]'],
    ['{}'],
    [SUBSCRIBED],
    ['{"id":1}'],
    ['{"method":"subscription"}'],
    ['{"method":"subscription","params":{"channel":"book.BTC-PERPETUAL.100ms","data":{}}}'],
    ['{"method":"subscription","params":{"channel":"trades.BTC-PERPETUAL.100ms","data":{}}}'],
    ['{"method":"subscription","params":{"channel":"trades.BTC-PERPETUAL.100ms","data":[7]}}'],
    ['{"method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms"}}'],
    ['{"method":"subscription","params":{"channel":"chart.trades.BTC-PERPETUAL.1D","data":{}}}'],
  ])('cannot be read: %s', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});
