import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MarketTopic, topicName } from '../../../src/domain/market-topic.ts';
import { KucoinConversation } from '../../../src/exchanges/kucoin/conversation.ts';
import { acknowledge, type KucoinRequest, parseRequest, refuseChannel } from '../../../src/exchanges/kucoin/dialect.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { ACKNOWLEDGED, NOT_FOUND, PONG, TOO_MANY, WELCOME } from './kucoin-frames.ts';

const ticks = (symbol: string): MarketTopic => ({ channel: 'ticks', symbol });
const trades = (symbol: string): MarketTopic => ({ channel: 'trades', symbol });

function read(conversation: KucoinConversation, text: string): VenueEvent[] {
  return [...conversation.read(text, 0)];
}

describe('a conversation with KuCoin', () => {
  it('begins when the venue has said welcome', () => {
    const conversation = new KucoinConversation();
    expect(conversation.awaitsReady).toBe(true);
    expect(read(conversation, WELCOME)).toEqual([{ type: 'READY' }]);
    expect(read(conversation, PONG)).toEqual([]);
  });

  it('asks for the channels of one kind together, and knows the answer by its number', () => {
    const conversation = new KucoinConversation();
    const topics = [ticks('BTC-USDT'), trades('BTC-USDT'), trades('ETH-USDT')];
    expect(conversation.subscribe(topics)).toEqual([
      '{"id":"1","type":"subscribe","topic":"/market/ticker:BTC-USDT","privateChannel":false,"response":true}',
      '{"id":"2","type":"subscribe","topic":"/market/snapshot:BTC-USDT","privateChannel":false,"response":true}',
      '{"id":"3","type":"subscribe","topic":"/market/match:BTC-USDT,ETH-USDT","privateChannel":false,"response":true}',
    ]);
    expect(read(conversation, ACKNOWLEDGED)).toEqual([]);
    expect(read(conversation, '{"id":"2","type":"ack"}')).toEqual([{ type: 'SUBSCRIBED', topic: ticks('BTC-USDT') }]);
    expect(read(conversation, '{"id":"3","type":"ack"}').map((event) => event.type)).toEqual([
      'SUBSCRIBED',
      'SUBSCRIBED',
    ]);
    expect(read(conversation, '{"id":"3","type":"ack"}')).toEqual([]);
    expect(conversation.isServed(ticks('BTC-USDT'))).toBe(true);
  });

  it('asks again for what was not acknowledged only', () => {
    const conversation = new KucoinConversation();
    conversation.subscribe([ticks('BTC-USDT')]);
    read(conversation, ACKNOWLEDGED);
    expect(conversation.subscribe([ticks('BTC-USDT')])).toEqual([
      '{"id":"3","type":"subscribe","topic":"/market/snapshot:BTC-USDT","privateChannel":false,"response":true}',
    ]);
  });

  it('ends what it is subscribed to', () => {
    const conversation = new KucoinConversation();
    conversation.subscribe([trades('BTC-USDT')]);
    expect(conversation.unsubscribe([trades('BTC-USDT'), trades('ETH-USDT')])).toEqual([
      '{"id":"2","type":"unsubscribe","topic":"/market/match:BTC-USDT","privateChannel":false,"response":true}',
    ]);
    expect(read(conversation, '{"id":"2","type":"ack"}')).toEqual([
      { type: 'UNSUBSCRIBED', topic: trades('BTC-USDT') },
    ]);
  });

  it('names 100 symbols in one request', () => {
    const topics = Array.from({ length: 250 }, (_, index) => trades(`A${index}-USDT`));
    const requests = new KucoinConversation().subscribe(topics).map(parseRequest);
    expect(requests.map((request) => request?.channels.length)).toEqual([100, 100, 50]);
  });

  it('is told of what may pass', () => {
    const conversation = new KucoinConversation();
    conversation.subscribe([trades('BTC-USDT')]);
    const reason = '509 exceed max subscription count limitation of 100 per time';
    expect(read(conversation, TOO_MANY)).toEqual([{ type: 'TROUBLE', reason }]);
    expect(read(conversation, '{"id":"x","type":"error","code":401,"data":"token is expired"}')).toEqual([
      { type: 'TROUBLE', reason: '401 token is expired' },
    ]);
  });

  it('is refused a symbol that the venue does not have, and gives up what else the topic needs', () => {
    const conversation = new KucoinConversation();
    conversation.subscribe([ticks('FOO-BAR')]);
    const reason = '404 topic /market/match:FOO-BAR is not found';
    expect(read(conversation, NOT_FOUND)).toEqual([
      { type: 'REFUSED', topic: ticks('FOO-BAR'), reason },
      {
        type: 'ANSWER',
        text: '{"id":"3","type":"unsubscribe","topic":"/market/snapshot:FOO-BAR","privateChannel":false,"response":true}',
      },
    ]);
    expect(conversation.isServed(ticks('FOO-BAR'))).toBe(false);
  });

  it('finds out which symbols of a request the venue does not have, and is served all others', () => {
    const symbols = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(symbols, fc.func(fc.boolean()), (numbers, isKnown) => {
        const topics = numbers.map((number) => trades(`A${number}-USDT`));
        const known = topics.filter(({ symbol }) => isKnown(symbol));
        const events = converse(
          topics,
          known.map(({ symbol }) => `/market/match:${symbol}`),
        );
        const names = (type: string) =>
          events
            .flatMap((event) => (event.type === type && 'topic' in event ? [topicName(event.topic)] : []))
            .toSorted();
        expect(names('SUBSCRIBED')).toEqual(known.map(topicName).toSorted());
        expect(names('REFUSED')).toEqual(
          topics
            .filter((topic) => !known.includes(topic))
            .map(topicName)
            .toSorted(),
        );
      }),
    );
  });
});

/** All that a venue with these channels brings about, which refuses a request for the sake of one channel in it. */
function converse(topics: readonly MarketTopic[], known: readonly string[]): VenueEvent[] {
  const conversation = new KucoinConversation();
  const sent = [...conversation.subscribe(topics)];
  const events: VenueEvent[] = [];
  for (let text = sent.shift(); text !== undefined; text = sent.shift()) {
    const request = parseRequest(text) as KucoinRequest;
    const unknown = request.channels.find((channel) => !known.includes(channel));
    const answer = unknown === undefined ? acknowledge(request) : refuseChannel(request, unknown);
    const came = read(conversation, answer);
    events.push(...came);
    sent.push(...came.flatMap((event) => (event.type === 'ANSWER' ? [event.text] : [])));
  }
  return events;
}
