import { describe, expect, it } from 'vitest';
import { formatDay } from '../../../src/domain/day.ts';
import { parseCandlesPage } from '../../../src/sources/okx/parse-candles.ts';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { day } from '../../support/bars.ts';
import { answering, openVendorDesk, recorded, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({ vendor: 'okx', urls: { candles: `${url}/candles` } });

const DAY_MS = 86_400_000;

/** A candle as OKX writes it: texts, contracts or coins at [5], coins or money at [6], money at [7]. */
const candle = (date: string, confirm = '1', ts = day(date) * DAY_MS): readonly string[] => [
  String(ts),
  '100',
  '101',
  '99',
  '100.5',
  '125',
  '12.5',
  '1256.25',
  confirm,
];

const reply = (data: readonly unknown[], code = '0'): string => JSON.stringify({ code, msg: '', data });

/** A hundred days at most, newest first, older than `after`. */
function paged(first: string, last: string) {
  return (_path: string, query: URLSearchParams): string => {
    const end = query.has('after') ? Number(query.get('after')) / DAY_MS - 1 : day(last);
    const count = Math.max(0, Math.min(100, end - day(first) + 1));
    return reply(Array.from({ length: count }, (_, index) => candle(formatDay(end - index))));
  };
}

async function fail(text: string, code = 'BTC-USDT') {
  await using desk = await openVendorDesk(
    configure,
    answering(() => text),
  );
  return await desk.fail((source, signal) => source.loadBars(code, signal));
}

describe("OKX' candles", () => {
  it('are read as recorded: newest first, the unconfirmed one left out, coins for contracts', () => {
    const page = parseCandlesPage(
      { bytes: recorded('okx', 'candles-TRB-USDT-SWAP-15m') },
      { barMs: 900_000, isDerivative: true },
    );
    expect(page).toMatchObject({ count: 5, unfinished: 1, oldest: 1_701_221_400_000 });
    expect(
      page.rows.map(({ open, high, low, close, volume, amount }) => [open, high, low, close, volume, amount]),
    ).toEqual([
      [78.32, 78.54, 78.24, 78.47, 7426.7, 582_342.718],
      [78.47, 78.48, 78.11, 78.22, 4347, 340_133.513],
      [78.22, 78.46, 77.97, 78.39, 5401.9, 422_247.958],
      [78.38, 78.73, 78.34, 78.71, 8832.5, 693_968],
    ]);
  });

  it('of a pair have volume in coins and turnover in the quote coin', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => reply([candle('2026-11-19'), candle('2026-11-18')])),
    );
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    expect(rowsOf(history.columns)).toEqual([
      ['2026-11-18', 100, 101, 99, 100.5, 125, 1256.25],
      ['2026-11-19', 100, 101, 99, 100.5, 125, 1256.25],
    ]);
    expect(Object.fromEntries(desk.server.seen[0]?.query ?? [])).toEqual({
      instId: 'BTC-USDT',
      bar: '1Dutc',
      limit: '100',
    });
  });

  it('of a derivative have volume in coins as well', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => reply([candle('2026-11-19')])),
    );
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT-SWAP', signal));
    expect(rowsOf(history.columns)).toEqual([['2026-11-19', 100, 101, 99, 100.5, 12.5, 1256.25]]);
  });

  it('are read backwards page by page, until one is not full', async () => {
    await using desk = await openVendorDesk(configure, answering(paged('2026-01-15', '2026-11-20')));
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    const days = Array.from(history.columns.day);
    expect([days.length, formatDay(days[0] ?? 0), formatDay(days.at(-1) ?? 0)]).toEqual([
      310,
      '2026-01-15',
      '2026-11-20',
    ]);
    expect(desk.server.seen.map(({ query }) => query.get('after'))).toEqual([
      null,
      String(day('2026-08-13') * DAY_MS),
      String(day('2026-05-05') * DAY_MS),
      String(day('2026-01-25') * DAY_MS),
    ]);
  });

  it('are read back to the day that is wanted and no further', async () => {
    await using desk = await openVendorDesk(configure, answering(paged('2020-01-01', '2026-11-20')));
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal, day('2026-11-10')));
    expect(history.columns.day).toHaveLength(11);
    expect(desk.server.seen).toHaveLength(1);
  });

  it('lose the one that is not confirmed', async () => {
    const text = reply([candle('2026-11-21', '0'), candle('2026-11-20')]);
    await using desk = await openVendorDesk(
      configure,
      answering(() => text),
    );
    const history = await desk.load((source, signal) => source.loadBars('BTC-USDT', signal));
    expect(rowsOf(history.columns).map(([date]) => date)).toEqual(['2026-11-20']);
    expect(history.dropped.unfinished).toBe(1);
  });

  it.each([
    ['days of UTC+8', reply([candle('2026-11-19', '1', day('2026-11-19') * DAY_MS - 8 * 3_600_000)]), 'in UTC'],
    ['the oldest first', reply([candle('2026-11-18'), candle('2026-11-19')]), 'newest first'],
    ['the same twice', reply([candle('2026-11-18'), candle('2026-11-18')]), 'newest first'],
    ['too few columns', reply([candle('2026-11-18').slice(0, 6)]), 'received a candle of another form or time'],
    ['another confirmation', reply([candle('2026-11-18', '2')]), 'received confirm 2'],
    ['no list', '{"code":"0","data":{}}', 'wanted a list of candles'],
    ['truncation', reply([candle('2026-11-18')]).slice(0, -9), 'that are no JSON'],
  ])('are refused with %s', async (_what, text, message) => {
    const error = await fail(text);
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringContaining(message)]);
  });

  it('are refused where a page has more than was asked for, so that pages of any size fill no memory', async () => {
    const rows = Array.from({ length: 101 }, (_, index) => candle(formatDay(day('2026-11-20') - index)));
    expect((await fail(reply(rows))).message).toBe('okx: received a page of 101 candles, wanted at most 100');
  });

  it.each(['1', '0'])('are refused where the same full page comes again and again, confirm %s', async (confirm) => {
    const rows = Array.from({ length: 100 }, (_, index) => candle(formatDay(day('2026-11-20') - index), confirm));
    expect((await fail(reply(rows))).message).toContain('the same page again');
  });

  it('are none for an instrument that OKX does not know, told with status 200', async () => {
    expect(await fail(reply([], '51001'))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    [reply([], '50011'), 'received the error 50011'],
    [reply([]), 'received an empty list of bars'],
  ])('are an outage where it answers %s', async (text, message) => {
    const error = await fail(text);
    expect([error.code, error.message]).toEqual(['UPSTREAM_UNAVAILABLE', expect.stringContaining(message)]);
  });

  it.each(['AAPL', '600519.SH', 'EUR-USD', 'BTC-USDT-PERP'])('are not asked for %s', async (code) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => reply([])),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen).toEqual([]);
  });
});
