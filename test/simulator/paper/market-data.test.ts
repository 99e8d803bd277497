import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { OkxPositionRow } from '../../../src/exchanges/okx/account-dialect.ts';
import { readFrame } from '../../../src/exchanges/okx/normalize.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { ask } from '../../support/http-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/scripted-venue.ts';
import { connect, type VenueClient } from '../replay/venue-client.ts';
import { openDesk, type PaperDesk, rowsOf, SPOT, SWAP } from './paper-desk.ts';

const BARS = ['1m', '3m', '5m', '15m', '30m', '1H', '4H', '1Dutc'];

async function events(client: VenueClient): Promise<VenueEvent[]> {
  return (await client.take()).flatMap((text) => [...readFrame(text, 0)]);
}

type EventOf<Type> = Extract<VenueEvent, { type: Type }>;
function only<Type extends VenueEvent['type']>(all: readonly VenueEvent[], type: Type): EventOf<Type>[] {
  return all.filter((event): event is EventOf<Type> => event.type === type);
}

const publicSocket = (desk: PaperDesk) => connect(`${desk.venue.url}/ws/v5/public`);
const businessSocket = (desk: PaperDesk) => connect(`${desk.venue.url}/ws/v5/business`);

describe('market data of the paper venue', () => {
  it('begins with the quote and moves on while somebody is subscribed, and only then', async () => {
    await using desk = await openDesk({ isQuiet: false });
    desk.clock.advance(60_000);
    expect(desk.clock.pending).toBe(0);
    await using client = await publicSocket(desk);
    await client.subscribe(`tickers ${SPOT}`, `trades ${SPOT}`);
    expect((await events(client)).map(({ type }) => type)).toEqual(['SUBSCRIBED', 'SUBSCRIBED', 'QUOTE']);

    desk.clock.advance(10_000);
    const moved = await events(client);
    expect(only(moved, 'UNREADABLE')).toEqual([]);
    expect(only(moved, 'QUOTE').length).toBeGreaterThan(20);
    const quotes = only(moved, 'QUOTE').map(({ quote }) => quote);
    for (const { bid, ask: offer, last, high24h, low24h } of quotes) {
      expect(bid).toBeLessThan(offer ?? 0);
      expect(last).toBeLessThanOrEqual(high24h ?? 0);
      expect(last).toBeGreaterThanOrEqual(low24h ?? Number.POSITIVE_INFINITY);
    }
    const ids = only(moved, 'PRINT').map(({ print }) => Number(print.tradeId));
    expect(ids.length).toBeGreaterThan(20);
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));

    await client.unsubscribe(`tickers ${SPOT}`, `trades ${SPOT}`);
    desk.clock.advance(1000);
    expect(desk.clock.pending).toBe(0);
  });

  it('is answered on the socket that has the channel, and refused elsewhere', async () => {
    await using desk = await openDesk();
    await using market = await publicSocket(desk);
    await using business = await businessSocket(desk);
    for (const client of [market, business]) {
      client.send('nonsense');
      await client.subscribe(`tickers ${SPOT}`, `candle1m ${SPOT}`, 'tickers NONE-USDT', `books ${SPOT}`);
    }
    const codes = async (client: VenueClient) =>
      (await client.take()).map((text) => JSON.parse(text)).map(({ code, event }) => code ?? event);
    expect(await codes(market)).toEqual(['60012', 'subscribe', '60018', '60018', '60018', undefined]);
    expect(await codes(business)).toEqual(['60012', '60018', 'subscribe', '60018', '60018', undefined]);
  });

  it('cuts off who sends more than the venue takes', async () => {
    await using desk = await openDesk();
    await using client = await publicSocket(desk);
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    client.send('x'.repeat(65_537));
    expect(await closed).toBe(1009);
  });

  it.each(BARS)('has bars of %s whose last form, close once and go over into the next', async (bar) => {
    const interval = LIVE_BAR_INTERVALS[BARS.indexOf(bar)];
    const clock = new ManualClock(Date.UTC(2026, 10, 20, 23, 59, 50));
    await using desk = await openDesk({ isQuiet: false, clock });
    await using client = await businessSocket(desk);
    await client.subscribe(`candle${bar} ${SPOT}`);
    clock.advance(20_000);
    const bars = only(await events(client), 'BAR').map(({ bar: each }) => each);
    expect(new Set(bars.map((each) => each.interval))).toEqual(new Set([interval]));
    const midnight = Date.UTC(2026, 10, 21);
    const [closed, ...others] = bars.filter(({ isClosed }) => isClosed);
    const next = bars.filter(({ openTime }) => openTime === midnight);
    expect(others).toEqual([]);
    expect(next.length).toBeGreaterThan(0);
    expect(bars.findIndex(({ openTime }) => openTime === midnight)).toBe(
      bars.findIndex(({ isClosed }) => isClosed) + 1,
    );
    for (const { open, high, low, close, volume } of bars) {
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      expect(volume).toBeGreaterThanOrEqual(0);
    }
    // What was joined in the middle has what was before.
    expect(bars[0]?.openTime).toBe(closed?.openTime);
    expect(closed?.high).toBeGreaterThanOrEqual(bars[0]?.high ?? 0);

    const { text } = await ask({
      url: `${desk.venue.restUrl}/api/v5/market/candles?instId=${SPOT}&bar=${bar}&limit=2`,
    });
    const [forming, listed] = JSON.parse(text).data.map((row: string[]) => row.map(Number));
    expect(listed.slice(0, 5)).toEqual([closed?.openTime, closed?.open, closed?.high, closed?.low, closed?.close]);
    expect(forming?.[0]).toBe(midnight);
  });

  it('lists candles by page, newest first, and instruments and the time', async () => {
    await using desk = await openDesk();
    const list = async (target: string) =>
      JSON.parse((await ask({ url: `${desk.venue.restUrl}/api/v5/${target}` })).text);
    const hour = 3_600_000;
    const now = desk.clock.now();
    const times = async (query: string) => {
      const { data } = await list(`market/candles?instId=${SWAP}&bar=1H${query}`);
      return data.map(([openTime]: string[]) => (Number(openTime) - now) / hour);
    };
    expect(await times('&limit=3')).toEqual([0, -1, -2]);
    expect(await times(`&limit=2&after=${now - hour}`)).toEqual([-2, -3]);
    expect(await times(`&before=${now - 2 * hour}`)).toEqual([0, -1]);
    expect(await times('')).toHaveLength(100);
    expect(await times('&limit=999')).toHaveLength(300);
    expect(await list('market/candles?instId=NONE')).toMatchObject({ code: '51001' });
    expect(await list(`market/candles?instId=${SPOT}&bar=7m`)).toMatchObject({ code: '51000' });
    expect(await list('public/time')).toMatchObject({ data: [{ ts: String(now) }] });
    expect(await list('public/instruments?instType=SWAP')).toMatchObject({
      data: [{ instId: SWAP, ctVal: '0.01', tickSz: '0.1', lotSz: '1', settleCcy: 'USDT' }],
    });
    expect(await list('public/instruments')).toMatchObject({ code: '51000' });
  });

  it('fills a resting order in parts when the price comes to it, with nobody looking', async () => {
    await using desk = await openDesk({ isQuiet: false });
    const { last } = desk.venue.outside;
    const { ordId } = await desk.place({ side: 'sell', px: last(SPOT).px, sz: '1.5', ordType: 'post_only' });
    for (let minute = 0; minute < 60 && desk.clock.pending > 0; minute++) desk.clock.advance(60_000);
    expect(await desk.order(ordId)).toMatchObject({
      state: 'filled',
      accFillSz: '1.5',
      avgPx: (await desk.order(ordId)).px,
    });
    expect(desk.venue.facts().fills.length).toBeGreaterThan(3);
    expect(desk.clock.pending).toBe(0);
  });

  it('is told of the profit of an open position every five seconds', async () => {
    await using desk = await openDesk({ isQuiet: false });
    await using client = await desk.follow();
    await desk.place({ instId: SWAP, tdMode: 'cross', side: 'buy', ordType: 'market', sz: '3' });
    const [opened, ...none] = rowsOf<OkxPositionRow>(await client.take(), 'positions');
    expect(none).toEqual([]);
    desk.clock.advance(16_000);
    const told = rowsOf<OkxPositionRow>(await client.take(), 'positions');
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.length).toBeLessThanOrEqual(4);
    for (const { pos, upl, avgPx, last } of told) {
      expect([pos, avgPx]).toEqual(['3', opened?.avgPx]);
      expect(Number(upl)).toBeCloseTo(0.03 * (Number(last) - Number(avgPx)), 8);
    }
    await client.close();
    // Ends once the venue has seen that nobody follows.
    await until(() => {
      desk.clock.advance(1000);
      return desk.clock.pending === 0;
    });
  });
});
