import { describe, expect, it } from 'vitest';
import { formatDay } from '../../../src/domain/day.ts';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { day } from '../../support/bars.ts';
import { answering, openVendorDesk, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({ vendor: 'binance', urls: { klines: `${url}/klines` } });

const DAY_MS = 86_400_000;

/** A row as Binance writes it: twelve columns, prices and volumes as texts. */
function row(date: string, close = '100.5', more: { readonly opensAt?: number; readonly closesAt?: number } = {}) {
  const { opensAt = day(date) * DAY_MS, closesAt = day(date) * DAY_MS + DAY_MS - 1 } = more;
  return [opensAt, '100.0', '101.25', '99.75', close, '12.5', closesAt, '1256.25', 42, '6.0', '603.0', '0'];
}

/** Pages of a thousand days at most, oldest first, from the time asked for on. */
function paged(first: string, last: string) {
  return (_path: string, query: URLSearchParams): string => {
    const start = Math.max(day(first), Math.ceil(Number(query.get('startTime')) / DAY_MS));
    const count = Math.min(Number(query.get('limit')), day(last) - start + 1);
    return JSON.stringify(Array.from({ length: Math.max(0, count) }, (_, index) => row(formatDay(start + index))));
  };
}

async function fail(text: string, status = 200) {
  await using desk = await openVendorDesk(configure, (_request, response) => void response.writeHead(status).end(text));
  return await desk.fail((source, signal) => source.loadBars('BTC-USDT', signal));
}

describe("Binance's klines", () => {
  it('are read with volume in coins and turnover in the quote coin', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => JSON.stringify([row('2026-11-18'), row('2026-11-19')])),
    );
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    expect(rowsOf(history.columns)).toEqual([
      ['2026-11-18', 100, 101.25, 99.75, 100.5, 12.5, 1256.25],
      ['2026-11-19', 100, 101.25, 99.75, 100.5, 12.5, 1256.25],
    ]);
    expect(history).toMatchObject({ source: 'binance', events: [], areEventsKnown: true });
    expect(Object.fromEntries(desk.server.seen[0]?.query ?? [])).toEqual({
      symbol: 'BTCUSDT',
      interval: '1d',
      startTime: String(day('2015-01-01') * DAY_MS),
      limit: '1000',
    });
  });

  it('are read page by page until one is not full', async () => {
    await using desk = await openVendorDesk(configure, answering(paged('2020-01-01', '2026-11-20')));
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    const days = Array.from(history.columns.day);
    expect([days.length, formatDay(days[0] ?? 0), formatDay(days.at(-1) ?? 0)]).toEqual([
      2516,
      '2020-01-01',
      '2026-11-20',
    ]);
    expect(new Set(days).size).toBe(2516);
    expect(desk.server.seen).toHaveLength(3);
  });

  it('end where a page is full and the next one empty', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(paged('2020-01-01', formatDay(day('2020-01-01') + 999))),
    );
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    expect(history.columns.day).toHaveLength(1000);
    expect(desk.server.seen).toHaveLength(2);
  });

  it('are asked from a day on', async () => {
    await using desk = await openVendorDesk(configure, answering(paged('2020-01-01', '2026-11-20')));
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal, day('2026-11-10')));
    expect(history.columns.day).toHaveLength(11);
    const none = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal, day('2026-11-21')));
    expect(none.columns.day).toHaveLength(0);
    expect(desk.server.seen).toHaveLength(2);
  });

  it('lose the bar whose day is not over by the clock', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => JSON.stringify([row('2026-11-20'), row('2026-11-21')])),
    );
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    expect(rowsOf(history.columns).map(([date]) => date)).toEqual(['2026-11-20']);
    expect(history.dropped.unfinished).toBe(1);
  });

  it('are none of a pair that was listed today', async () => {
    expect(await fail(JSON.stringify([row('2026-11-21')]))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    [
      'bars of another length',
      [row('2026-11-18', '1', { closesAt: day('2026-11-18') * DAY_MS + 3_600_000 - 1 })],
      'whole days of UTC',
    ],
    [
      'bars of another zone',
      [row('2026-11-18', '1', { opensAt: day('2026-11-18') * DAY_MS - 8 * 3_600_000 })],
      'whole days of UTC',
    ],
    ['days in disorder', [row('2026-11-19'), row('2026-11-18')], 'received 2026-11-18 after 2026-11-19'],
    ['rows that are none', [7], 'received a number'],
    ['faulty figures only', [row('2026-11-19', '1e999')], 'the close Infinity'],
  ])('are refused with %s', async (_what, rows, message) => {
    const error = await fail(JSON.stringify(rows));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringContaining(message)]);
  });

  it('are refused where the same full page comes again and again', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => row(formatDay(day('2020-01-01') + index)));
    await using desk = await openVendorDesk(
      configure,
      answering(() => JSON.stringify(rows)),
    );
    const error = await desk.fail((source, signal) => source.loadBars('BTC-USDT', signal));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringContaining('the same page again')]);
    expect(desk.server.seen).toHaveLength(2);
  });

  it('are refused where a page has more than was asked for, so that pages of any size fill no memory', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => {
        const date = formatDay(Math.ceil(Number(query.get('startTime')) / DAY_MS));
        return JSON.stringify(Array.from({ length: 1001 }, () => row(date)));
      }),
    );
    const error = await desk.fail((source, signal) => source.loadBars('BTC-USDT', signal));
    expect([error.code, error.message]).toEqual([
      'DATA_INVALID',
      'binance: received a page of 1001 bars, wanted at most 1000',
    ]);
    expect(desk.server.seen).toHaveLength(1);
  });

  it('are asked from 1970 on at the earliest, since Binance refuses times before it', async () => {
    await using desk = await openVendorDesk(configure, answering(paged('2026-01-01', '2026-11-20')), {
      startDay: day('1900-01-01'),
    });
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    expect(history.columns.day).toHaveLength(324);
    expect(desk.server.seen[0]?.query.get('startTime')).toBe('0');
  });

  it('are none for a pair that Binance does not know', async () => {
    expect(await fail('{"code":-1121,"msg":"Invalid symbol."}', 400)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['{"code":-1003,"msg":"Too many requests"}', 400, 'received the error -1003'],
    ['{"code":0,"msg":"restricted location"}', 451, 'it refuses to answer (status 451)'],
    ['', 418, 'it refuses to answer (status 418)'],
    ['[]', 200, 'received an empty list of bars'],
    ['[]', 400, 'it answered with status 400'],
  ])('are an outage where %s comes with status %i', async (text, status, message) => {
    const error = await fail(text, status);
    expect([error.code, error.message]).toEqual(['UPSTREAM_UNAVAILABLE', expect.stringContaining(message)]);
  });

  it.each(['BTC-USDT-SWAP', 'BTC-USD', 'AAPL', '600519.SH'])('are not asked for %s', async (code) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => '[]'),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen).toEqual([]);
  });
});
