import { beforeEach, describe, expect, it } from 'vitest';
import type { Bus, Keyed, Reader } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import type { MarketTopic } from '../../src/domain/market-topic.ts';
import type { Print } from '../../src/domain/market-trade.ts';
import type { GatewaySession } from '../../src/exchanges/gateways.ts';
import { followMarket } from '../../src/graphql/market-streams.ts';
import { ManualClock } from '../support/manual-clock.ts';

const TOPICS: readonly MarketTopic[] = [{ channel: 'trades', symbol: 'BTC' }];

let bus: Bus;
let inner: Reader<Keyed<Print>>;
let following: Reader<Keyed<Print>>;
/** Topics that are asked for. */
let wanted: readonly MarketTopic[];

beforeEach(() => {
  bus = createMemoryBus({ epoch: 'first', clock: new ManualClock() });
  inner = bus.marketTrades.subscribe({ keys: ['key'] });
  const session: GatewaySession = {
    name: 'desk',
    account: undefined,
    status: () => expect.fail('nobody asks for that'),
    setEnabled: () => expect.fail('nobody switches it'),
    want: (topics) => {
      wanted = topics;
      return () => {
        wanted = [];
      };
    },
  };
  following = followMarket({ session, topics: TOPICS, reader: inner });
});

/** Each of these ends has to give the topics back by itself: whoever pulls may do only one of them. */
describe('what a reader of market data wants of the venue', () => {
  it('is wanted while it reads', () => {
    const pulled = following.next();
    expect(wanted).toEqual(TOPICS);
    return Promise.all([following.return(), pulled]);
  });

  it('is given back when it returns while nothing is pulled', async () => {
    const returned = following.return();
    expect(wanted).toEqual([]);
    await returned;
    expect(bus.marketTrades.readers).toBe(0);
  });

  it('is given back by the error that ends it', async () => {
    const pulled = following.next();
    bus.marketTrades.fail('key', new Error('refused'));
    await expect(pulled).rejects.toThrow('refused');
    expect(wanted).toEqual([]);
  });

  it('is given back when there is nothing more to read', async () => {
    await inner.return();
    expect(wanted).toEqual(TOPICS);
    expect(await following.next()).toEqual({ done: true, value: undefined });
    expect(wanted).toEqual([]);
  });
});
