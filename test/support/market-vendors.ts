import { dayOfInstant, formatDay, parseDay } from '../../src/domain/day.ts';
import type { Answering } from './http-server.ts';
import { clockOf } from './session-instants.ts';

/** What a vendor's server has, and how it is to behave; a test changes it while the server runs. */
export interface MarketVendor {
  /** Milliseconds since the epoch. */
  now: number;
  /** The answer to everything, instead of bars. */
  fault: Answering | undefined;
  /** While set, answers wait for it. */
  gate: Promise<unknown> | undefined;
}

const CHINA = clockOf('600000.SH');

/** The close of a day, a figure that tells which day it is of. */
export const closeOf = (day: number): number => 10 + (day % 1000) / 100;

/**
 * A server of Eastmoney's kline at `/kline`, of its NAVs at `/trend/CODE.js`, and of Tencent's at `/fqkline`. Like theirs
 * it has a bar of the running session, whose figures are not those that it will have.
 */
export function marketVendor(vendor: MarketVendor): Answering {
  return async (request, response) => {
    const { path, query } = request;
    await vendor.gate;
    if (vendor.fault !== undefined) return vendor.fault(request, response);
    const body = bodyOf(path, query, vendor.now);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  };
}

function bodyOf(path: string, query: URLSearchParams, now: number): string | undefined {
  if (path === '/kline') return kline(query, now);
  if (path === '/fqkline') return fqkline(query, now);
  const [, code] = /^\/trend\/(\d{6})\.js$/.exec(path) ?? [];
  return code === undefined ? undefined : trend(code, now);
}

function kline(query: URLSearchParams, now: number): string {
  const secid = query.get('secid') ?? '';
  const [market, code] = secid.split('.');
  const klines = barsSince(query.get('beg') ?? '', now).map(
    ({ date, close }) => `${date},${close},${close},${close},${close},1000,${Math.round(close * 100_000)},0,0,0,0.1`,
  );
  return JSON.stringify({ rc: 0, data: { code, market: Number(market), name: 'x', decimal: 2, dktotal: 9, klines } });
}

function fqkline(query: URLSearchParams, now: number): string {
  const [symbol = '', , from = '', to = ''] = (query.get('param') ?? '').split(',');
  const days = barsSince(from.replaceAll('-', ''), now)
    .filter(({ date }) => date <= to)
    .map(({ date, close }) => [date, ...Array(4).fill(String(close)), '1000', {}, '0.1', String(close * 10), '']);
  return JSON.stringify({ code: 0, msg: '', data: { [symbol]: { day: days } } });
}

function barsSince(compactDate: string, now: number): { readonly date: string; readonly close: number }[] {
  const from = parseDay(compactDate.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')) ?? 0;
  const bars = [];
  for (let day = from; day <= dayOfInstant(now + 8 * 3_600_000); day += 1) {
    const opensAt = day * 86_400_000 + 90 * 60_000;
    if (CHINA.isSession(day) !== true || opensAt > now) continue;
    const isFinal = day <= (CHINA.lastFinalSession(now) ?? 0);
    bars.push({ date: formatDay(day), close: isFinal ? closeOf(day) : 99 });
  }
  return bars;
}

/** The NAV of a day is a hundredth below its close. */
function trend(code: string, now: number): string {
  const points = barsSince('20240102', now)
    .filter(({ close }) => close !== 99)
    .map(({ date, close }) => {
      const x = (parseDay(date) ?? 0) * 86_400_000 - 8 * 3_600_000;
      return { x, y: close / 1.01, equityReturn: 0, unitMoney: '' };
    });
  const total = points.map(({ x, y }) => [x, y]);
  return [
    `var fS_name = "沪深300ETF";var fS_code = "${code}";`,
    `var Data_netWorthTrend = ${JSON.stringify(points)};`,
    `var Data_ACWorthTrend = ${JSON.stringify(total)};`,
  ].join('\n');
}
