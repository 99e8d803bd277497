import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { HtxConversation } from '../../../src/exchanges/htx/conversation.ts';
import { PING, REFUSED, SUBSCRIBED, UNSUBSCRIBED } from './htx-frames.ts';

const ticks: MarketTopic = { channel: 'ticks', symbol: 'btcusdt' };
const trades: MarketTopic = { channel: 'trades', symbol: 'btcusdt' };

describe('a conversation with HTX', () => {
  it('asks for one channel in a request, and for both that a quote takes', () => {
    const conversation = new HtxConversation();
    expect(conversation.subscribe([ticks, trades])).toEqual([
      '{"sub":"market.btcusdt.bbo","id":"sub market.btcusdt.bbo"}',
      '{"sub":"market.btcusdt.ticker","id":"sub market.btcusdt.ticker"}',
      '{"sub":"market.btcusdt.trade.detail","id":"sub market.btcusdt.trade.detail"}',
    ]);
    expect([...conversation.read(SUBSCRIBED, 0)]).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
    expect([...conversation.read(SUBSCRIBED.replaceAll('trade.detail', 'bbo'), 0)]).toEqual([]);
    expect(conversation.subscribe([ticks])).toEqual([
      '{"sub":"market.btcusdt.ticker","id":"sub market.btcusdt.ticker"}',
    ]);
    expect([...conversation.read(SUBSCRIBED.replaceAll('trade.detail', 'ticker'), 0)]).toEqual([
      { type: 'SUBSCRIBED', topic: ticks },
    ]);
    expect([ticks, trades].map((topic) => conversation.isServed(topic))).toEqual([true, true]);
  });

  it('ends what it is subscribed to, be it that the venue knows nothing of it', () => {
    const conversation = new HtxConversation();
    conversation.subscribe([trades]);
    expect(conversation.unsubscribe([trades])).toEqual([
      '{"unsub":"market.btcusdt.trade.detail","id":"unsub market.btcusdt.trade.detail"}',
    ]);
    expect([...conversation.read(UNSUBSCRIBED, 0)]).toEqual([{ type: 'UNSUBSCRIBED', topic: trades }]);
    const unknown =
      '{"id":"unsub market.btcusdt.trade.detail","status":"error","err-code":"bad-request","err-msg":"unsub with not subbed topic market.btcusdt.trade.detail","ts":1}';
    expect([...conversation.read(unknown, 0)]).toEqual([{ type: 'UNSUBSCRIBED', topic: trades }]);
  });

  it('is refused what the venue does not have, and gives up what else the topic needs', () => {
    const conversation = new HtxConversation();
    const odd: MarketTopic = { channel: 'ticks', symbol: 'foobar' };
    conversation.subscribe([odd]);
    const refusal = REFUSED.replaceAll('trade.detail', 'bbo').replace(/invalid topic [^"]*/, 'invalid symbol foobar');
    expect([...conversation.read(refusal, 0)]).toEqual([
      { type: 'REFUSED', topic: odd, reason: 'bad-request invalid symbol foobar' },
      { type: 'ANSWER', text: '{"unsub":"market.foobar.ticker","id":"unsub market.foobar.ticker"}' },
    ]);
    expect([...conversation.read(refusal, 0)]).toEqual([]);
  });

  it.each([
    ['{"status":"error","err-code":"bad-request","err-msg":"invalid ping","ts":1}', 'bad-request invalid ping'],
    [
      '{"id":"sub market.btcusdt.bbo","status":"error","err-code":"bad-request","err-msg":"429 too many request topic is market.btcusdt.bbo"}',
      'bad-request 429 too many request topic is market.btcusdt.bbo',
    ],
    ['{"id":"7","status":"error","err-code":"bad-request","err-msg":"invalid topic x"}', 'bad-request invalid topic x'],
  ])('is told of what may pass: %s', (text, reason) => {
    expect([...new HtxConversation().read(text, 0)]).toEqual([{ type: 'TROUBLE', reason }]);
  });

  it('says nothing of a ping, which the connection answers', () => {
    expect([...new HtxConversation().read(PING, 0)]).toEqual([]);
  });
});
