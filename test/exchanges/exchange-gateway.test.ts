import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeGatewayOptions } from '../../src/exchanges/exchange-gateway.ts';
import type { VenueConversation, VenueSocket } from '../../src/exchanges/venue.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import {
  bar,
  printEvent,
  quoteEvent,
  type ScriptedMarket,
  scriptedMarketVenue,
  serveMarket,
  tick,
  trade,
} from '../support/scripted-venue-market.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

let venue: ScriptedVenue;
let market: ScriptedMarket;
let origin: string;
let watched: WatchedGateway[];

beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
  origin = new URL(venue.url).origin;
  watched = [];
});

afterEach(async () => {
  await Promise.all(watched.map(({ gateway }) => gateway.stop()));
  expect(watched.map(({ clock }) => clock.pending)).toEqual(watched.map(() => 0));
  await venue.close();
});

function watch(options: Partial<ExchangeGatewayOptions> = {}): WatchedGateway {
  const gateway = watchGateway(origin, options);
  watched.push(gateway);
  return gateway;
}

async function connect(options: Partial<ExchangeGatewayOptions> = {}): Promise<WatchedGateway> {
  const gateway = watch(options);
  gateway.gateway.start();
  await gateway.untilState('CONNECTED');
  return gateway;
}

describe('ExchangeGateway', () => {
  it('holds its symbols in its channels from the start, over the sockets that these need', async () => {
    const { gateway, statuses } = await connect({ symbols: ['BTC', 'ETH'], channels: ['ticks', 'trades', 'bars'] });
    expect(market.topics('/public')).toEqual(['ticks BTC', 'ticks ETH', 'trades BTC', 'trades ETH']);
    expect(market.topics('/business')).toEqual(['bars BTC M1', 'bars ETH M1']);
    expect(gateway.status()).toMatchObject({
      name: 'desk',
      venue: 'scripted',
      tradingEnabled: false,
      state: 'CONNECTED',
      stateReason: null,
      contractReport: null,
    });
    const [first, second] = gateway.status().connections;
    expect(first).toMatchObject({ gateway: 'desk', kind: 'PUBLIC', index: 0, state: 'CONNECTED', reconnects: 0 });
    expect(first?.subscriptions.toSorted()).toEqual(market.topics('/public'));
    expect(second).toMatchObject({ kind: 'BUSINESS', queuedRequests: null, droppedRequests: null });
    expect([...new Set(statuses.map(({ state }) => state))]).toEqual(['CONNECTING', 'CONNECTED']);
  });

  it('keeps the public socket open though nothing is wanted, and no other', async () => {
    const { gateway } = await connect();
    expect(gateway.status().connections.map(({ kind }) => kind)).toEqual(['PUBLIC']);
    expect(venue.connections.map(({ path }) => path)).toEqual(['/public']);
  });

  it('connects to the configured address instead of the own one of the venue', async () => {
    await connect({
      venue: scriptedMarketVenue('ws://127.0.0.1:9'),
      urls: { public: `${origin}/elsewhere`, business: undefined },
    });
    expect(venue.connection.path).toBe('/elsewhere');
  });

  it('is made for addresses only', () => {
    expect(() => watch({ urls: { business: 'https://example.org' } })).toThrow(TypeError);
  });

  it('is not connected before everything is acknowledged', async () => {
    market.answerTo = () => 'SILENCE';
    const { gateway } = watch({ symbols: ['BTC'], channels: ['ticks'] });
    gateway.start();
    await until(() => venue.connections[0]?.texts.length === 1);
    expect(gateway.status().state).toBe('CONNECTING');
    market.send('/public', { type: 'SUBSCRIBED', topic: tick('BTC') });
    await until(() => gateway.status().state === 'CONNECTED');
  });

  it('tells when the last message came only to those who ask', async () => {
    const { gateway, clock, statuses, quotes } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    const told = statuses.length;
    clock.advance(70);
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => quotes.length === 1);
    expect(gateway.status().lastMessageAt).toBe(clock.now());
    expect(gateway.status().stateSince).toBe(clock.now() - 70);
    expect(statuses).toHaveLength(told);
  });

  it('says while it waits for its next attempt why it does', async () => {
    venue.handshake = { status: 403 };
    const { gateway, clock, untilState, passDelay } = watch();
    gateway.start();
    await untilState('DISCONNECTED');
    const stateReason = 'PUBLIC: the venue answered the handshake with HTTP 403';
    expect(gateway.status()).toMatchObject({ stateReason, stateSince: clock.now() });
    expect(gateway.status().connections).toMatchObject([{ state: 'DISCONNECTED', nextAttemptAt: clock.now() + 750 }]);
    venue.handshake = 'ACCEPT';
    passDelay();
    expect(gateway.status()).toMatchObject({ state: 'CONNECTING', stateReason });
    await untilState('CONNECTED');
    expect(gateway.status().stateReason).toBeNull();
  });

  it('is degraded while one of two sockets is lost', async () => {
    const { gateway, untilState, passDelay } = await connect({ symbols: ['BTC'], channels: ['ticks', 'bars'] });
    venue.handshake = { status: 503 };
    market.connection('/business').close(1012, 'restart');
    await untilState('DEGRADED');
    const closed = 'BUSINESS: the venue closed the connection with code 1012: restart';
    expect(gateway.status().stateReason).toBe(closed);
    expect(gateway.status().connections.map(({ state }) => state)).toEqual(['CONNECTED', 'DISCONNECTED']);
    passDelay();
    expect(gateway.status()).toMatchObject({ state: 'DEGRADED', stateReason: closed });
    await until(() => venue.attempts === 3);
    venue.handshake = 'ACCEPT';
    await until(() => gateway.status().connections[1]?.state === 'DISCONNECTED');
    passDelay();
    await untilState('CONNECTED');
    expect(gateway.status().connections.map(({ reconnects }) => reconnects)).toEqual([0, 1]);
  });

  it('leaves the venue while it is switched off, and comes back with all that is wanted', async () => {
    const { gateway, untilState, quotes } = await connect({ symbols: ['BTC'], channels: ['ticks', 'bars'] });
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => quotes.length === 1);
    gateway.setEnabled(false);
    expect(gateway.status()).toMatchObject({ state: 'DISABLED', stateReason: 'switched off' });
    expect(quotes.map(({ stale }) => stale)).toEqual([false, true]);
    await until(() => venue.connections.every(({ isClosed }) => isClosed));
    gateway.want([tick('ETH')]);
    gateway.setEnabled(true);
    await untilState('CONNECTED');
    expect(market.topics('/public')).toEqual(['ticks BTC', 'ticks ETH']);
    expect(market.topics('/business')).toEqual(['bars BTC M1']);
  });

  it('ends every socket and timer when it is stopped, and stays so', async () => {
    const { gateway, clock, statuses } = await connect({ symbols: ['BTC'], channels: ['ticks', 'bars'] });
    const release = gateway.want([tick('ETH')]);
    await gateway.stop();
    release();
    gateway.want([tick('SOL')])();
    gateway.start();
    gateway.setEnabled(true);
    await Promise.resolve();
    expect(clock.pending).toBe(0);
    expect(statuses.at(-1)?.state).toBe('DISABLED');
    await until(() => venue.connections.every(({ isClosed }) => isClosed));
    expect(venue.attempts).toBe(2);
  });

  it('can be stopped while it connects', async () => {
    venue.handshake = 'IGNORE';
    const { gateway, clock } = watch({ symbols: ['BTC'], channels: ['ticks', 'bars'] });
    gateway.start();
    await until(() => venue.attempts === 2);
    await gateway.stop();
    expect(clock.pending).toBe(0);
  });

  it('tells the log at most once a minute what it could not read, and goes on', async () => {
    const { clock, quotes, lines } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    const told = (): object[] =>
      lines.filter(({ message }) => message === 'received what cannot be read').map(({ fields }) => fields);
    const sendJunk = async (count: number): Promise<void> => {
      for (let sent = 0; sent < count; sent += 1) market.connection('/public').send('{"half":');
      const before = quotes.length;
      market.send('/public', quoteEvent('BTC', 1));
      await until(() => quotes.length > before);
    };
    await sendJunk(20);
    expect(told()).toEqual([{ count: 1, reason: 'received what is no JSON' }]);
    clock.advance(60_000);
    await sendJunk(3);
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatchObject({ count: 20 });
    expect(venue.attempts).toBe(1);
  });

  it('reads each connection with a reader of its own', async () => {
    const scripted = scriptedMarketVenue(origin);
    let readers = 0;
    const counting = (socket: VenueSocket): VenueSocket => {
      const converse = (now: () => number): VenueConversation => {
        readers += 1;
        return socket.converse(now);
      };
      return { ...socket, converse };
    };
    const { untilState, passDelay } = await connect({
      venue: { ...scripted, sockets: scripted.sockets.map(counting) },
    });
    expect(readers).toBe(1);
    market.connection('/public').finish();
    await untilState('DISCONNECTED');
    passDelay();
    await untilState('CONNECTED');
    expect(readers).toBe(2);
  });

  it('gives conversations the time of its clock', async () => {
    const scripted = scriptedMarketVenue(origin);
    const times: number[] = [];
    const timed = (socket: VenueSocket): VenueSocket => {
      const converse = (now: () => number): VenueConversation => {
        const conversation = socket.converse(now);
        const subscribe: VenueConversation['subscribe'] = (topics) => {
          times.push(now());
          return conversation.subscribe(topics);
        };
        return { ...conversation, subscribe };
      };
      return { ...socket, converse };
    };
    const venueWithTimes = { ...scripted, sockets: scripted.sockets.map(timed) };
    const { gateway, clock, untilState } = watch({ venue: venueWithTimes, symbols: ['BTC'], channels: ['ticks'] });
    clock.advance(7_000);
    gateway.start();
    await untilState('CONNECTED');
    expect(times).toEqual([clock.now()]);
  });

  it('passes over the rest of a frame of which a hundred parts cannot be read', async () => {
    const { lines, quotes, clock } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    const unreadable = { type: 'UNREADABLE', reason: 'received x, wanted y' };
    const parts = Array.from({ length: 1_000 }, () => unreadable);
    market.send('/public', quoteEvent('BTC', 1), ...parts, quoteEvent('BTC', 2));
    market.send('/public', quoteEvent('BTC', 3));
    await until(() => quotes.at(-1)?.last === 3);
    expect(quotes.map(({ last }) => last)).toEqual([1, 3]);
    clock.advance(60_000);
    market.send('/public', unreadable);
    const counts = () =>
      lines.filter(({ message }) => message === 'received what cannot be read').map(({ fields }) => fields);
    await until(() => counts().length === 2);
    expect(counts()[1]).toMatchObject({ count: 100 });
  });

  it('survives a reader that throws', async () => {
    const { lines, quotes } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    market.connection('/public').send('throw');
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => quotes.length === 1);
    expect(lines.at(-1)).toMatchObject({
      message: 'could not handle what a venue sent',
      fields: { gateway: 'desk', error: new Error('a reader that is wrong') },
    });
  });
});

describe('what a gateway publishes', () => {
  it('names the gateway, and says that quotes are fresh', async () => {
    const { gateway, quotes, prints, bars } = await connect();
    gateway.want([tick('BTC'), trade('BTC'), bar('BTC')]);
    await until(() => venue.connections.length === 2 && market.topics('/business').length === 1);
    market.send('/public', quoteEvent('BTC', 1), printEvent('BTC', '7'));
    market.send('/business', { type: 'BAR', bar: { symbol: 'BTC', interval: 'H1', open: 3 } });
    await until(() => prints.length + bars.length === 2);
    expect(quotes).toEqual([{ symbol: 'BTC', last: 1, receivedAt: 1, gateway: 'desk', stale: false }]);
    expect(prints).toEqual([{ symbol: 'BTC', tradeId: '7', price: '1.50', size: '2', receivedAt: 1, gateway: 'desk' }]);
    expect(bars).toEqual([{ symbol: 'BTC', interval: 'H1', open: 3, gateway: 'desk' }]);
  });

  it('is nothing that nobody wants', async () => {
    const { quotes, prints } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    market.send('/public', quoteEvent('ETH', 1), printEvent('BTC', '1'), quoteEvent('BTC', 2));
    await until(() => quotes.length > 0);
    expect([quotes.map(({ symbol }) => symbol), prints]).toEqual([['BTC'], []]);
  });

  it('has every print once, though the venue repeats itself after a reconnect', async () => {
    const { prints, untilState, passDelay } = await connect({ symbols: ['BTC', 'ETH'], channels: ['trades'] });
    const send = (...ids: (string | null)[]): void => {
      market.send('/public', ...ids.map((id) => printEvent('BTC', id)));
    };
    const reconnect = async (): Promise<void> => {
      market.connection('/public').finish();
      await untilState('DISCONNECTED');
      passDelay();
      await untilState('CONNECTED');
    };
    send('1', '2', '2', null, null);
    await until(() => prints.length === 5);
    await reconnect();
    send('2', null, '3', '3');
    market.send('/public', printEvent('ETH', '2'));
    await until(() => prints.length === 9);
    await reconnect();
    send('1', '2', '3', '4');
    await until(() => prints.length === 10);
    const ids = (symbol: string): (string | null)[] =>
      prints.filter((print) => print.symbol === symbol).map(({ tradeId }) => tradeId);
    expect(ids('BTC')).toEqual(['1', '2', '2', null, null, null, '3', '3', '4']);
    expect(ids('ETH')).toEqual(['2']);
  });
});

describe('stale quotes', () => {
  const states = ({ quotes }: WatchedGateway): string[] =>
    quotes.map(({ symbol, last, stale }) => `${symbol} ${last} ${stale ? 'stale' : 'fresh'}`);

  it('are published once when the socket is lost', async () => {
    const desk = await connect({ symbols: ['BTC', 'ETH'], channels: ['ticks'] });
    market.send('/public', quoteEvent('BTC', 1), quoteEvent('ETH', 2), quoteEvent('BTC', 3));
    await until(() => desk.quotes.length === 3);
    venue.handshake = { status: 503 };
    market.connection('/public').reset();
    await desk.untilState('DISCONNECTED');
    desk.clock.advance(600_000);
    expect(states(desk)).toEqual(['BTC 1 fresh', 'ETH 2 fresh', 'BTC 3 fresh', 'BTC 3 stale', 'ETH 2 stale']);
  });

  it('are published once when no data comes for ten seconds, and are fresh again with data', async () => {
    const desk = await connect({ symbols: ['BTC', 'ETH'], channels: ['ticks', 'trades'] });
    desk.clock.advance(60_000);
    market.send('/public', quoteEvent('BTC', 1), quoteEvent('ETH', 2));
    await until(() => desk.quotes.length === 2);
    desk.clock.advance(9_999);
    market.send('/public', printEvent('BTC', '1'));
    await until(() => desk.prints.length === 1);
    desk.clock.advance(9_999);
    expect(desk.quotes).toHaveLength(2);
    desk.clock.advance(1);
    expect(states(desk).slice(2)).toEqual(['BTC 1 stale', 'ETH 2 stale']);
    desk.clock.advance(60_000);
    expect(desk.quotes).toHaveLength(4);
    market.send('/public', quoteEvent('BTC', 3));
    await until(() => desk.quotes.length === 5);
    desk.clock.advance(10_000);
    expect(states(desk).slice(4)).toEqual(['BTC 3 fresh', 'BTC 3 stale']);
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });

  it('do not come back after their topic was dropped', async () => {
    const desk = await connect();
    const release = desk.gateway.want([tick('BTC')]);
    await until(() => market.topics('/public').length === 1);
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    release();
    desk.clock.advance(29_999);
    market.send('/public', quoteEvent('BTC', 2));
    await until(() => desk.quotes.length === 3);
    desk.clock.advance(1);
    await until(() => market.topics('/public').length === 0);
    market.send('/public', quoteEvent('BTC', 3));
    market.connection('/public').finish();
    await desk.untilState('DISCONNECTED');
    expect(states(desk)).toEqual(['BTC 1 fresh', 'BTC 1 stale', 'BTC 2 fresh']);
  });
});
