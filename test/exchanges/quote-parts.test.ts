import { describe, expect, it } from 'vitest';
import { QuoteParts } from '../../src/exchanges/quote-parts.ts';

describe('QuoteParts', () => {
  it('keeps of a symbol what a part does not name', () => {
    const parts = new QuoteParts();
    parts.put('BTC', { timestamp: 1, receivedAt: 2, figures: { last: 10, bid: 9 } });
    const { quote } = parts.put('BTC', { timestamp: null, receivedAt: 3, figures: { bid: null, ask: 11 } });
    expect(quote).toMatchObject({ symbol: 'BTC', timestamp: null, receivedAt: 3, last: 10, bid: null, ask: 11 });
    expect(parts.put('ETH', { timestamp: 1, receivedAt: 2, figures: {} }).quote.last).toBeNull();
  });

  it('forgets nothing with a topic that is no quote', () => {
    const parts = new QuoteParts();
    parts.put('BTC', { timestamp: 1, receivedAt: 2, figures: { last: 10 } });
    parts.forget([{ channel: 'trades', symbol: 'BTC' }]);
    expect(parts.put('BTC', { timestamp: 1, receivedAt: 2, figures: {} }).quote.last).toBe(10);
  });

  it('forgets a symbol', () => {
    const parts = new QuoteParts();
    parts.put('BTC', { timestamp: 1, receivedAt: 2, figures: { last: 10 } });
    parts.forget([{ channel: 'ticks', symbol: 'BTC' }]);
    expect(parts.put('BTC', { timestamp: 1, receivedAt: 2, figures: {} }).quote.last).toBeNull();
  });
});
