import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { createSourceList } from '../../src/sources/source-list.ts';
import { createVendorSource, type VendorConfig } from '../../src/sources/vendors.ts';
import { watchSource } from '../../src/sources/watched-source.ts';
import { openDirectly } from '../../src/transport/http-stream.ts';
import { day } from '../support/bars.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { startConnectProxy, startSocks5Proxy } from '../support/test-proxies.ts';
import { answering, NOW, openVendorDesk, passing, recorded, rowsOf } from '../support/vendor-desk.ts';

const PARTS = { clock: new ManualClock(NOW), random: () => 0.5, startDay: day('2015-01-01') };

interface Case {
  readonly code: string;
  readonly reply: Buffer;
  readonly configure: (url: string) => VendorConfig;
}

const CASES: Readonly<Record<string, Case>> = {
  eastmoney: {
    code: '000300.SH',
    reply: recorded('eastmoney', 'kline-1.000300'),
    configure: (url) => ({ vendor: 'eastmoney', urls: { kline: url } }),
  },
  tencent: {
    code: '000300.SH',
    reply: recorded('tencent', 'fqkline-sh000300'),
    configure: (url) => ({ vendor: 'tencent', urls: { kline: url } }),
  },
  sina: {
    code: 'AU.SHF',
    reply: recorded('sina', 'inner-futures-daily'),
    configure: (url) => ({ vendor: 'sina', urls: { futuresDaily: url } }),
  },
  yahoo: {
    code: 'AAPL',
    reply: recorded('yahoo', 'chart-AAPL-split'),
    configure: (url) => ({ vendor: 'yahoo', urls: { chart: url } }),
  },
  binance: {
    code: 'ADA-USDT',
    reply: Buffer.from(
      '[[1523923200000,"0.25","0.28","0.23","0.24","67462293.2",1524009599999,"17411823.5",42568,"1","1","0"]]',
    ),
    configure: (url) => ({ vendor: 'binance', urls: { klines: url } }),
  },
  okx: {
    code: 'BTC-USDT',
    reply: Buffer.from(
      '{"code":"0","msg":"","data":[["1701216000000","78.7","78.8","78.3","78.5","39950","3995","313656.3","1"]]}',
    ),
    configure: (url) => ({ vendor: 'okx', urls: { candles: url } }),
  },
};
const EACH = Object.entries(CASES);

describe.each(EACH)('the source %s', (name, { code, reply, configure }) => {
  it('answers a history under its name, and its revision only by a load', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => reply),
    );
    const history = await desk.load((source, signal) => source.loadBars(code, signal));
    expect(history.columns.day.length).toBeGreaterThan(0);
    expect(history).toMatchObject({ code, source: name, fetchedAt: desk.clock.now() });
    expect(await desk.source.barsRevision(code)).toBeUndefined();
    expect(await desk.source.navsRevision(code)).toBeUndefined();
    expect(desk.source.assetTypes.length).toBeGreaterThan(0);
  });

  it.each([
    ['garbage of ten megabytes', Buffer.alloc(10_000_000, 'garbage '), /more than 8388608 bytes/],
    ['garbage of seven megabytes', Buffer.alloc(7_000_000, 'garbage '), /no JSON/],
    ['half of its reply', reply.subarray(0, reply.length / 2), /no JSON/],
    ['a page of HTML', Buffer.from('<!DOCTYPE html><title>busy</title>'), /a page of HTML/],
    ['nothing', Buffer.alloc(0), /no JSON/],
  ])('says which source sent %s', async (_what, body, message) => {
    await using desk = await openVendorDesk(configure, (_request, response) => void response.end(body));
    const error = await desk.fail((source, signal) => source.loadBars(code, signal));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringMatching(message)]);
    expect(error.message.startsWith(`${name}: `)).toBe(true);
  });

  it('never makes a bad series of a reply that was damaged on its way', async () => {
    const indexes = fc.array(fc.tuple(fc.nat(reply.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const damage = fc.tuple(indexes, fc.nat(reply.length), fc.constantFrom('', '1e999', '-', '[', 'null', '9'));
    await using desk = await openVendorDesk(configure, (_request, response) => void response.end(damaged));
    let damaged = reply;
    await fc.assert(
      fc.asyncProperty(damage, async ([changes, at, inserted]) => {
        damaged = Buffer.concat([reply.subarray(0, at), Buffer.from(inserted), reply.subarray(at)]);
        for (const [index, byte] of changes) damaged[index] = byte;
        const outcome = await desk
          .load((source, signal) => source.loadBars(code, signal))
          .catch((error: unknown) => error);
        desk.clock.advance(700_000);
        if (outcome instanceof CodedError) return;
        const { columns } = outcome as Awaited<ReturnType<typeof desk.source.loadBars>>;
        const { open, high, low, close, volume, amount } = columns;
        for (const price of [open, high, low, close])
          for (const each of price) expect(Number.isNaN(each) || (each > 0 && each < 1e12)).toBe(true);
        for (const figures of [volume, amount])
          for (const each of figures) expect(each < 0 || each === Infinity).toBe(false);
        expect(close.some(Number.isNaN)).toBe(false);
        const days = Array.from(columns.day);
        expect(days).toEqual([...new Set(days)].sort((left, right) => left - right));
      }),
    );
  });

  it('repeats nothing of a reply in its errors, and has no other, whatever stands where a word or a number was', async () => {
    const text = reply.toString();
    const words = [...text.matchAll(/"[^"]*"|-?\d[\d.e+-]*/g)];
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const others = [
      `"not ours to show ${'x'.repeat(500)}"`,
      deep,
      '{"a":[]}',
      '1e999',
      '-1e300',
      '8.64e18',
      'null',
      '""',
    ];
    let body = text;
    await using desk = await openVendorDesk(configure, (_request, response) => void response.end(body));
    for (const { 0: word, index } of [...words.slice(0, 30), ...words.slice(-5)]) {
      for (const other of others) {
        body = `${text.slice(0, index)}${other}${text.slice(index + word.length)}`;
        const outcome = await desk
          .load((source, signal) => source.loadBars(code, signal))
          .catch((error: unknown) => error);
        desk.clock.advance(700_000);
        if (!(outcome instanceof Error)) continue;
        expect(outcome).toBeInstanceOf(CodedError);
        expect(outcome.message).toMatch(new RegExp(`^(${name}: |no history for ).{1,200}$`));
        expect(outcome.message).not.toMatch(/ours|xxx|\[\[/);
      }
    }
  });

  it.each([500, 503])('is an outage with status %i, after three attempts', async (status) => {
    await using desk = await openVendorDesk(configure, (_request, response) => void response.writeHead(status).end());
    const error = await desk.fail((source, signal) => source.loadBars(code, signal));
    expect([error.code, error.message]).toEqual(['UPSTREAM_UNAVAILABLE', `${name}: it answered with status ${status}`]);
    expect(desk.server.seen).toHaveLength(3);
  });

  it('gives a trickle without end up', async () => {
    const held: ServerResponse[] = [];
    await using desk = await openVendorDesk(configure, (_request, response) => {
      response.write(' ');
      held.push(response);
    });
    const loading = desk.source.loadBars(code, new AbortController().signal).catch((error: unknown) => error);
    await until(() => held.length === 1);
    for (let second = 0; second < 10; second += 1) {
      held[0]?.write(' ');
      desk.clock.advance(1000);
    }
    expect(await loading).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: `${name}: no whole answer within 10000 ms`,
    });
    expect(desk.server.seen).toHaveLength(1);
  });

  it('stops when nobody waits any more', async () => {
    await using desk = await openVendorDesk(configure, () => undefined);
    const stop = new AbortController();
    const loading = desk.source.loadBars(code, stop.signal);
    await until(() => desk.server.seen.length === 1);
    const reason = new Error('nobody waits');
    stop.abort(reason);
    await expect(loading).rejects.toBe(reason);
    await until(() => desk.server.sockets.size === 0);
  });

  it('goes through a proxy of its own', async () => {
    for (const [scheme, start] of [
      ['http', startConnectProxy],
      ['socks5', startSocks5Proxy],
    ] as const) {
      await using proxy = await start();
      const through = (url: string): VendorConfig =>
        ({
          ...configure(url),
          proxy: `${scheme}://127.0.0.1:${proxy.port}`,
        }) as VendorConfig;
      await using desk = await openVendorDesk(
        through,
        answering(() => reply),
      );
      await desk.load((source, signal) => source.loadBars(code, signal));
      expect(proxy.targets).toEqual([new URL(desk.server.url).host]);
    }
  });

  it('goes through the tunnel that is given', async () => {
    const targets: string[] = [];
    const through = (url: string): VendorConfig => ({ ...configure(url), proxy: 'tunnel' }) as VendorConfig;
    await using desk = await openVendorDesk(
      through,
      answering(() => reply),
      {
        openTunnel: (target, signal) => {
          targets.push(`${target.hostname}:${target.port}`);
          return openDirectly(target, signal);
        },
      },
    );
    await desk.load((source, signal) => source.loadBars(code, signal));
    expect(targets).toEqual([new URL(desk.server.url).host]);
  });

  it('has no other host than its own asked by a redirect', async () => {
    await using other = await openVendorDesk(
      configure,
      answering(() => reply),
    );
    await using desk = await openVendorDesk(configure, (_request, response) => {
      response.writeHead(302, { location: other.server.url }).end();
    });
    const error = await desk.fail((source, signal) => source.loadBars(code, signal));
    expect([error.code, error.message]).toEqual(['UPSTREAM_UNAVAILABLE', `${name}: it redirects to another host`]);
    expect(other.server.seen).toEqual([]);
  });
});

describe('a list of sources', () => {
  it('goes on to the next vendor when one cannot be asked, holds back or sends nonsense', async () => {
    const faults: ((response: ServerResponse) => void)[] = [
      (response) => void response.destroy(),
      (response) => void response.writeHead(403).end(),
      (response) => void response.end(recorded('eastmoney', 'kline-throttled')),
      (response) => void response.end('<html></html>'),
    ];
    for (const fault of faults) {
      await using first = await openVendorDesk(CASES.eastmoney?.configure as Case['configure'], (_request, response) =>
        fault(response),
      );
      await using second = await openVendorDesk(
        CASES.tencent?.configure as Case['configure'],
        answering(() => recorded('tencent', 'fqkline-sh000300')),
      );
      const watched = [watchSource(first.source), watchSource(second.source)];
      const list = createSourceList(watched);
      const loading = passing(first.clock, list.loadBars('000300.SH', new AbortController().signal, day('2026-09-29')));
      const history = await passing(second.clock, loading);
      expect(history.source).toBe('tencent');
      expect(rowsOf(history.columns).map(([date]) => date)).toEqual(['2026-09-29', '2026-09-30']);
      expect(first.server.seen[0]?.query.get('beg')).toBe('20260929');
      expect(watched[0]?.status().lastError).toMatch(/^eastmoney: /);
      expect(watched[1]?.status()).toEqual({ name: 'tencent', isAvailable: true, lastError: null });
    }
  });

  it('passes a vendor over that is left alone, without asking it and without waiting', async () => {
    const { configure: asEastmoney } = CASES.eastmoney as Case;
    const { configure: asTencent, reply } = CASES.tencent as Case;
    await using first = await openVendorDesk(asEastmoney, (_request, response) => void response.writeHead(429).end());
    await using second = await openVendorDesk(
      asTencent,
      answering(() => reply),
    );
    const list = createSourceList([first.source, second.source]);
    const { signal } = new AbortController();
    const load = () => list.loadBars('000300.SH', signal, day('2026-09-29'));
    expect((await load()).source).toBe('tencent');
    expect((await load()).source).toBe('tencent');
    expect(first.server.seen).toHaveLength(1);
    expect(first.clock.now()).toBe(NOW);
    first.clock.advance(600_000);
    await load();
    expect(first.server.seen).toHaveLength(2);
  });

  it('says what each vendor said when none has an answer', async () => {
    const { configure: asEastmoney } = CASES.eastmoney as Case;
    const { configure: asTencent } = CASES.tencent as Case;
    await using first = await openVendorDesk(asEastmoney, (_request, response) => void response.writeHead(403).end());
    await using second = await openVendorDesk(asTencent, (_request, response) => void response.end('<html></html>'));
    const list = createSourceList([first.source, second.source]);
    await expect(list.loadBars('000300.SH', new AbortController().signal)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'eastmoney: it refuses to answer (status 403); tencent: received a page of HTML, wanted JSON',
    });
  });
});

describe('createVendorSource', () => {
  it('names a source as it is told', async () => {
    const { configure, code } = CASES.sina as Case;
    await using desk = await openVendorDesk(configure, (_request, response) => void response.end('?'), {
      name: 'sina-2',
    });
    expect(desk.source.name).toBe('sina-2');
    expect((await desk.fail((source, signal) => source.loadBars(code, signal))).message).toMatch(/^sina-2: /);
  });

  it('asks nobody before the first load, and needs no addresses', async () => {
    for (const vendor of ['eastmoney', 'tencent', 'sina', 'yahoo', 'binance', 'okx'] as const) {
      const source = createVendorSource({ vendor }, PARTS);
      expect(source.hosts()).toEqual([]);
      await source.close();
    }
  });

  it('refuses what it is not given the parts for', () => {
    expect(() => createVendorSource({ vendor: 'quantaxis' }, PARTS)).toThrow(
      'received the vendor quantaxis without MONGO_URL',
    );
    expect(() => createVendorSource({ vendor: 'yahoo', proxy: 'tunnel' }, PARTS)).toThrow(
      'received proxy: tunnel without SSH_ENABLED',
    );
  });

  it('ends what is under way when it is closed', async () => {
    const { configure, code } = CASES.yahoo as Case;
    await using desk = await openVendorDesk(configure, () => undefined);
    const loading = desk.source.loadBars(code, new AbortController().signal).catch((error: unknown) => error);
    await until(() => desk.server.seen.length === 1);
    await desk.source.close();
    expect(await loading).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', message: 'yahoo: the client was closed' });
    await until(() => desk.server.sockets.size === 0);
  });
});
