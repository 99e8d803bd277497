import { describe, expect, it } from 'vitest';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { day } from '../../support/bars.ts';
import { replying } from '../../support/http-server.ts';
import { answering, openVendorDesk, recorded, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({
  vendor: 'sina',
  urls: { futuresDaily: `${url}/var%20_=/inner`, globalFuturesDaily: `${url}/var%20_=/global` },
});

const wrapped = (rows: readonly object[]): string =>
  `/*<script>location.href='//sina.com';</script>*/\nvar _=(${JSON.stringify(rows)});`;
const bar = (d: string, more: object = {}): object => ({
  d,
  o: '1',
  h: '2',
  l: '1',
  c: '2',
  v: '10',
  p: '5',
  s: '2',
  ...more,
});

describe("Sina's daily bars of Chinese futures", () => {
  it('are read out of JavaScript that is not run, with the page that it wants to be called from', async () => {
    await using desk = await openVendorDesk(configure, ({ headers }, response) => {
      const isWelcome = headers.referer === 'https://finance.sina.com.cn/';
      response.writeHead(isWelcome ? 200 : 403).end(recorded('sina', 'inner-futures-daily'));
    });
    const history = await desk.load((source, signal) => source.loadBars('AU.SHF', signal));
    expect(rowsOf(history.columns)).toEqual([['2026-09-23', 939.2, 944.76, 935.7, 939.5, 122_113, null]]);
    expect(history).toMatchObject({ source: 'sina', events: [], areEventsKnown: true });
    expect(desk.server.seen.map(({ path, query }) => [path, query.get('symbol')])).toEqual([
      ['/var%20_=/inner', 'AU0'],
    ]);
  });

  it.each([
    ['AU.SHF', 'AU0'],
    ['AUL8.SHF', 'AU0'],
    ['AU2612.SHF', 'AU2612'],
    ['TA701.ZCE', 'TA2701'],
    ['IF.CFX', 'IF0'],
    ['LC.GFE', 'LC0'],
    ['SC.INE', 'SC0'],
  ])('are asked for %s as %s', async (code, symbol) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => wrapped([bar('2026-11-19')])),
    );
    await desk.load((source, signal) => source.loadBars(code, signal));
    expect(desk.server.seen.map(({ query }) => query.get('symbol'))).toEqual([symbol]);
  });

  it('are cut to the days that are wanted', async () => {
    const rows = ['2014-12-31', '2015-01-05', '2026-11-18', '2026-11-19', '2026-11-23'].map((date) => bar(date));
    await using desk = await openVendorDesk(
      configure,
      answering(() => wrapped(rows)),
    );
    const dates = async (from?: number) => {
      const history = await desk.load((source, signal) => source.loadBars('AU.SHF', signal, from));
      return rowsOf(history.columns).map(([date]) => date);
    };
    // Monday's is a night session's on Friday.
    expect(await dates()).toEqual(['2015-01-05', '2026-11-18', '2026-11-19']);
    expect(await dates(day('2026-11-19'))).toEqual(['2026-11-19']);
    expect(await dates(day('2026-11-20'))).toEqual([]);
  });

  it('leave out days on which nothing was traded', async () => {
    const idle = bar('2026-11-18', { o: '0.000', h: '0.000', l: '0.000', c: '12345', v: '0' });
    await using desk = await openVendorDesk(
      configure,
      answering(() => wrapped([idle, bar('2026-11-19')])),
    );
    const history = await desk.load((source, signal) => source.loadBars('WR.SHF', signal));
    expect(history).toMatchObject({ dropped: { empty: 1 } });
    expect(history.columns.day).toHaveLength(1);
  });

  it.each(['var _=(null);', '/*<script>x</script>*/\nvar _=(null);', 'var _=([]);'])(
    'are none where it answers %j',
    async (text) => {
      await using desk = await openVendorDesk(
        configure,
        answering(() => text),
      );
      expect(await desk.fail((source, signal) => source.loadBars('AU2612.SHF', signal))).toMatchObject({
        code: 'NOT_FOUND',
      });
    },
  );

  it.each([
    ['disorder', wrapped([bar('2026-11-19'), bar('2026-11-18')]), 'received 2026-11-18 after 2026-11-19'],
    ['a date that is none', wrapped([bar('yesterday')]), 'received a date that is none, wanted'],
    ['no list', 'var _=({"a":1});', 'received an object, wanted a list of bars'],
    ['truncation', wrapped([bar('2026-11-18'), bar('2026-11-19')]).slice(0, -30), 'that are no JSON'],
    ['rows that are lists', 'var _=([[1]]);', 'received a list'],
    ['a page', '<html>', 'a page of HTML'],
  ])('are refused with %s', async (_what, text, message) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => text),
    );
    const error = await desk.fail((source, signal) => source.loadBars('AU.SHF', signal));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringContaining(message)]);
  });

  it('are not asked for once it has refused, for ten minutes', async () => {
    await using desk = await openVendorDesk(
      configure,
      (_request, response) => void response.writeHead(456).end('拒绝访问'),
    );
    const fail = () => desk.fail((source, signal) => source.loadBars('AU.SHF', signal));
    expect((await fail()).message).toBe('sina: it refuses to answer (status 456)');
    expect((await fail()).message).toBe('sina: it is left alone until 2026-11-21T12:10:00.000Z');
    expect(desk.server.seen).toHaveLength(1);
  });
});

describe("Sina's daily bars of foreign futures", () => {
  it('are read without their volume, which is nought for most', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => recorded('sina', 'global-futures-daily')),
    );
    const history = await desk.load((source, signal) => source.loadBars('ZS.CBT', signal));
    expect(rowsOf(history.columns)).toEqual([['2026-09-24', 678, 679.7, 675.55, 675.65, null, null]]);
    expect(desk.server.seen.map(({ path, query }) => [path, query.get('symbol')])).toEqual([['/var%20_=/global', 'S']]);
  });

  it('have their volume where there is one', async () => {
    const row = { date: '2026-11-19', open: '60', high: '61', low: '59', close: '60', volume: '123' };
    await using desk = await openVendorDesk(
      configure,
      answering(() => wrapped([row])),
    );
    const history = await desk.load((source, signal) => source.loadBars('CL.NYM', signal));
    expect(rowsOf(history.columns)).toEqual([['2026-11-19', 60, 61, 59, 60, 123, null]]);
  });

  it.each(['CLZ26.NYM', '600519.SH', 'AAPL', 'AUL9.SHF', 'BTC-USDT'])('are not asked for %s', async (code) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => '[]'),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen).toEqual([]);
  });
});

describe('a text of Sina', () => {
  it('is read as GB18030 where it says so, and where it is no UTF-8', async () => {
    // 沪金 in GB18030, in a field that nobody reads: the reply is still one.
    const text = (name: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from('var _=([{"d":"2026-11-19","o":"1","h":"1","l":"1","c":"1","v":"1","n":"'),
        name,
        Buffer.from('"}]);'),
      ]);
    const packed = text(Buffer.from([0xbb, 0xa6, 0xbd, 0xf0]));
    for (const headers of [{}, { 'content-type': 'application/javascript; charset=GBK' }]) {
      await using desk = await openVendorDesk(configure, replying(packed, headers));
      const history = await desk.load((source, signal) => source.loadBars('AU.SHF', signal));
      expect(history.columns.day).toHaveLength(1);
    }
  });
});
