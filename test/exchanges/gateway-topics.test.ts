import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MarketTopic, topicName } from '../../src/domain/market-topic.ts';
import type { ExchangeGatewayOptions } from '../../src/exchanges/exchange-gateway.ts';
import { type ScriptedConnection, type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { bar, quoteEvent, type ScriptedMarket, serveMarket, tick, trade } from '../support/scripted-venue-market.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

let venue: ScriptedVenue;
let market: ScriptedMarket;
let watched: WatchedGateway[];

beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
  watched = [];
});

afterEach(async () => {
  await Promise.all(watched.map(({ gateway }) => gateway.stop()));
  expect(watched.map(({ clock }) => clock.pending)).toEqual(watched.map(() => 0));
  await venue.close();
});

async function connect(options: Partial<ExchangeGatewayOptions> = {}): Promise<WatchedGateway> {
  const gateway = watchGateway(new URL(venue.url).origin, options);
  watched.push(gateway);
  gateway.gateway.start();
  await until(() => gateway.gateway.status().connections[0]?.connectedAt !== null);
  return gateway;
}

/** What the venue was told on the public socket: `subscribe ticks BTC, ticks ETH`. */
function operations(): string[] {
  return market.connection('/public').texts.map((text) => {
    const { operation, topics } = JSON.parse(text);
    return `${operation} ${topics.map(topicName).join(', ')}`;
  });
}

/** Resolves when the acknowledgement of the topic is the last that came. */
function untilAcknowledged({ gateway }: WatchedGateway, topic: MarketTopic): Promise<void> {
  const acknowledgement = `{"type":"SUBSCRIBED","topic":${JSON.stringify(topic)}`;
  return until(() => gateway.status().connections[0]?.lastReceivedText?.includes(acknowledgement) === true);
}

describe('the topics of a gateway', () => {
  it('go out in one batch when they are wanted in one turn, each once', async () => {
    const { gateway } = await connect();
    gateway.want([tick('BTC'), tick('BTC')]);
    gateway.want([tick('BTC'), trade('BTC')]);
    gateway.want([tick('ETH')]);
    await until(() => operations().length > 0);
    gateway.want([tick('BTC'), tick('SOL')]);
    await until(() => operations().length > 1);
    expect(operations()).toEqual(['subscribe ticks BTC, trades BTC, ticks ETH', 'subscribe ticks SOL']);
    expect(gateway.status().state).toBe('CONNECTED');
  });

  it('linger for 30 seconds after the last who wanted them', async () => {
    const desk = await connect();
    const { gateway, clock, dropped } = desk;
    const releases = [gateway.want([tick('BTC'), tick('ETH')]), gateway.want([tick('BTC')])];
    await untilAcknowledged(desk, tick('BTC'));
    releases[0]?.();
    releases[0]?.();
    clock.advance(30_000);
    await until(() => operations().length === 2);
    releases[1]?.();
    clock.advance(29_999);
    expect(gateway.status().connections[0]?.subscriptions).toEqual(['ticks BTC']);
    expect(dropped).toEqual(['ticks ETH']);
    clock.advance(1);
    await until(() => operations().length === 3);
    expect(operations().slice(1)).toEqual(['unsubscribe ticks ETH', 'unsubscribe ticks BTC']);
    expect(market.topics('/public')).toEqual([]);
    expect(dropped).toEqual(['ticks ETH', 'ticks BTC']);
  });

  it('stay when somebody wants them meanwhile', async () => {
    const desk = await connect();
    const { gateway, clock } = desk;
    const release = gateway.want([tick('BTC')]);
    await untilAcknowledged(desk, tick('BTC'));
    release();
    clock.advance(20_000);
    gateway.want([tick('BTC')]);
    release();
    clock.advance(60_000);
    gateway.want([tick('ETH')]);
    await until(() => operations().length === 2);
    expect(operations()).toEqual(['subscribe ticks BTC', 'subscribe ticks ETH']);
  });

  it('open the socket that carries them, and the last one closes it', async () => {
    const { gateway, clock, untilState } = await connect();
    const release = gateway.want([bar('BTC')]);
    await until(() => venue.connections.length === 2 && market.topics('/business').length === 1);
    await untilState('CONNECTED');
    release();
    clock.advance(30_000);
    await until(() => market.connection('/business').isClosed);
    expect(gateway.status().connections.map(({ kind }) => kind)).toEqual(['PUBLIC']);
    expect(gateway.status().state).toBe('CONNECTED');
  });

  it('are asked for again after a reconnect, without those that were given up meanwhile', async () => {
    const { gateway, clock, untilState, passDelay, interrupted } = await connect({
      symbols: ['BTC'],
      channels: ['ticks'],
    });
    const release = gateway.want([tick('ETH')]);
    gateway.want([tick('SOL')]);
    await until(() => market.topics('/public').length === 3);
    venue.handshake = { status: 503 };
    market.connection('/public').finish();
    await untilState('DISCONNECTED');
    expect(interrupted).toEqual(['ticks BTC', 'ticks ETH', 'ticks SOL']);
    release();
    clock.advance(30_000);
    gateway.want([tick('ADA')]);
    await untilState('DISCONNECTED');
    venue.handshake = 'ACCEPT';
    passDelay();
    await untilState('CONNECTED');
    expect(operations()).toEqual(['subscribe ticks BTC, ticks SOL, ticks ADA']);
  });

  it('degrade the gateway when the venue does not acknowledge them, after three tries', async () => {
    market.answerTo = ({ symbol }) => (symbol.startsWith('X') ? 'SILENCE' : 'SUBSCRIBED');
    const { gateway, clock, untilState, quotes } = await connect({
      symbols: ['X1', 'BTC', 'X2'],
      channels: ['ticks'],
    });
    for (const tries of [1, 2, 3]) {
      await until(() => operations().length === tries && gateway.status().lastMessageAt !== null);
      expect(gateway.status().state).toBe('CONNECTING');
      clock.advance(5_000);
    }
    expect(operations()[2]).toBe('subscribe ticks X1, ticks X2');
    expect(gateway.status()).toMatchObject({
      state: 'DEGRADED',
      stateReason: 'PUBLIC: the venue does not acknowledge ticks X1, ticks X2',
    });
    clock.advance(60_000);
    market.send('/public', quoteEvent('X1', 1), { type: 'SUBSCRIBED', topic: tick('X2') });
    await untilState('CONNECTED');
    expect(quotes.map(({ symbol }) => symbol)).toEqual(['X1']);
    expect(operations()).toHaveLength(3);
  });

  it('that came later leave the gateway connected until the venue has missed all tries', async () => {
    const { gateway, clock, untilState, statuses } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    await untilState('CONNECTED');
    const told = statuses.length;
    market.answerTo = () => 'SILENCE';
    gateway.want(Array.from({ length: 12 }, (_, index) => tick(`X${index}`)));
    await until(() => operations().length === 2);
    clock.advance(14_999);
    expect(gateway.status().state).toBe('CONNECTED');
    clock.advance(1);
    expect(gateway.status().state).toBe('DEGRADED');
    expect(gateway.status().stateReason).toMatch(/ticks X0, .* ticks X9 and 2 more$/);
    expect(statuses.slice(told).map(({ state }) => state)).toEqual(['CONNECTED', 'DEGRADED']);
  });

  it('count as acknowledged when their data comes', async () => {
    market.answerTo = () => 'SILENCE';
    const { clock, untilState } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    await until(() => operations().length === 1);
    market.send('/public', quoteEvent('BTC', 1));
    await untilState('CONNECTED');
    clock.advance(60_000);
    expect(operations()).toHaveLength(1);
  });

  it('are told to the sink when the venue refuses them, once, and the others stay', async () => {
    market.answerTo = ({ symbol }) => (symbol === 'BAD' ? 'REFUSED' : 'SUBSCRIBED');
    const { gateway, clock, untilState, passDelay, refused } = await connect({
      symbols: ['BTC'],
      channels: ['ticks'],
    });
    const release = gateway.want([tick('BAD'), tick('ETH')]);
    gateway.want([tick('BAD')]);
    await until(() => refused.length > 0);
    market.send('/public', { type: 'REFUSED', topic: tick('BAD'), reason: 'again' });
    market.connection('/public').finish();
    await untilState('DISCONNECTED');
    passDelay();
    await untilState('CONNECTED');
    expect(operations()).toEqual(['subscribe ticks BTC, ticks ETH']);
    release();
    clock.advance(30_000);
    await until(() => operations().length === 2);
    expect(operations()[1]).toBe('unsubscribe ticks ETH');
    expect(refused).toEqual(['ticks BAD: no such symbol']);
    gateway.want([tick('BAD')]);
    await until(() => refused.length === 2);
  });

  it('are asked for again when the venue could not serve them for once, which nobody is told of', async () => {
    let troubles = 1;
    market.answerTo = () => (troubles-- > 0 ? 'TROUBLE' : 'SUBSCRIBED');
    const { gateway, clock, lines, refused, untilState } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    await until(() => lines.some(({ message }) => message === 'a venue could not do what it was asked'));
    clock.advance(5_000);
    await untilState('CONNECTED');
    expect(operations()).toEqual(['subscribe ticks BTC', 'subscribe ticks BTC']);
    expect(gateway.status()).toMatchObject({ stateReason: null, connections: [{ subscriptions: ['ticks BTC'] }] });
    expect(refused).toEqual([]);
  });

  it('fill no log, however often the venue says that it could not, or what cannot be handled', async () => {
    const { clock, lines, quotes } = await connect({ symbols: ['BTC'], channels: ['ticks'] });
    const countOf = (wanted: string): number => lines.filter(({ message }) => message === wanted).length;
    const trouble = 'a venue could not do what it was asked';
    const say = (reason: string): void => {
      for (let count = 0; count < 50; count += 1) {
        market.send('/public', { type: 'TROUBLE', reason: `${reason} ${count}` });
        market.connection('/public').send('throw');
      }
    };
    say('first');
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => quotes.length === 1);
    expect([countOf(trouble), countOf('could not handle what a venue sent')]).toEqual([10, 10]);
    clock.advance(60_000);
    say('second');
    await until(() => countOf(trouble) > 10);
    expect(lines.filter(({ message }) => message === trouble)[10]?.fields).toMatchObject({ untold: 40 });
  });

  it('degrade the gateway when they are configured and the venue does not have them', async () => {
    market.answerTo = ({ symbol }) => (symbol === 'BAD' ? 'REFUSED' : 'SUBSCRIBED');
    const { gateway, untilState } = await connect({ symbols: ['BAD', 'BTC'], channels: ['ticks'] });
    await untilState('DEGRADED');
    expect(gateway.status().stateReason).toBe('the venue does not have ticks BAD');
  });

  it('are given up by the thousand in one request, in no time', async () => {
    const { gateway, clock } = await connect();
    const topics = Array.from({ length: 10_000 }, (_, index) => tick(`S${index}`));
    const releases = topics.map((topic) => gateway.want([topic]));
    await until(() => market.topics('/public').length === topics.length);
    for (const release of releases) release();
    const startedAt = process.cpuUsage();
    clock.advance(30_000);
    await until(() => market.topics('/public').length === 0);
    expect(operations().filter((operation) => operation.startsWith('unsubscribe'))).toHaveLength(1);
    expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(2_000);
    expect(clock.pending).toBeLessThan(10);
  });

  it('are refused when the venue offers nothing of the kind', async () => {
    const { gateway, refused } = await connect();
    gateway.want([tick('!'), tick('BTC')]);
    await until(() => market.topics('/public').length === 1);
    expect(refused).toEqual(['ticks !: the venue does not offer it']);
    expect(operations()).toEqual(['subscribe ticks BTC']);
  });

  it('are asked for again when the venue ends them by itself, without haste', async () => {
    const { clock, untilState } = await connect({ symbols: ['BTC', 'ETH'], channels: ['ticks'] });
    await untilState('CONNECTED');
    market.send('/public', { type: 'UNSUBSCRIBED', topic: tick('BTC') });
    market.send('/public', quoteEvent('ETH', 1));
    await until(() => watched[0]?.quotes.length === 1);
    clock.advance(4_999);
    expect(operations()).toHaveLength(1);
    clock.advance(1);
    await until(() => operations().length === 2);
    expect(operations()[1]).toBe('subscribe ticks BTC');
  });
});

describe('any sequence of wants, releases, drops and time', () => {
  type Step =
    | { readonly kind: 'want'; readonly topics: readonly number[] }
    | { readonly kind: 'release'; readonly index: number }
    | { readonly kind: 'drop' }
    | { readonly kind: 'pass'; readonly ms: number }
    | { readonly kind: 'turn' };

  const topics = ['A', 'B', 'C'].flatMap((symbol) => [tick(symbol), trade(symbol)]);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('want'),
      topics: fc.array(fc.nat(topics.length - 1), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('release'), index: fc.nat(9) }),
    fc.record({ kind: fc.constant('drop') }),
    fc.record({ kind: fc.constant('pass'), ms: fc.constantFrom(1, 800, 5_000, 30_000) }),
    fc.record({ kind: fc.constant('turn') }),
  );

  it('leaves the venue subscribed to exactly what is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const desk = await connect();
        const held: { names: string[]; release: () => void }[] = [];
        const dropped = new Set<ScriptedConnection>();
        for (const next of steps) {
          if (next.kind === 'want') {
            const chosen = next.topics.flatMap((index) => topics[index] ?? []);
            held.push({ names: chosen.map(topicName), release: desk.gateway.want(chosen) });
          }
          if (next.kind === 'release') held.splice(next.index, 1)[0]?.release();
          if (next.kind === 'drop') {
            dropped.add(venue.connection);
            venue.connection.finish();
          }
          if (next.kind === 'pass') desk.clock.advance(next.ms);
          if (next.kind === 'turn') await new Promise((resolve) => setImmediate(resolve));
        }
        const wanted = [...new Set(held.flatMap(({ names }) => names))].toSorted();
        desk.clock.advance(30_000);
        await until(() => {
          if (desk.gateway.status().state === 'DISCONNECTED') desk.passDelay();
          const isAtRest = desk.gateway.status().state === 'CONNECTED' && !dropped.has(venue.connection);
          return isAtRest && market.topics('/public').join() === wanted.join();
        });
        expect(desk.gateway.status().connections[0]?.subscriptions.toSorted()).toEqual(wanted);
        await desk.gateway.stop();
        expect(desk.clock.pending).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
