import type { Figure } from '../../domain/account.ts';
import { LIVE_BAR_INTERVALS, type LiveBar } from '../../domain/live-bar.ts';
import type { Print } from '../../domain/market-trade.ts';
import type { Quote } from '../../domain/tick.ts';

/** ECMA-262, section 21.4.1.1. */
const LATEST_INSTANT = 8.64e15;

type Fields = Readonly<Record<string, unknown>>;

/** A quote that any program may have published; what it does not say is null. Undefined for what is none. */
export function parseQuote(value: object): Quote | undefined {
  const fields: Fields = { ...value };
  const { gateway, symbol, receivedAt, stale } = fields;
  if (typeof gateway !== 'string' || typeof symbol !== 'string' || !isInstant(receivedAt)) return undefined;
  const figure = (name: keyof Quote): Figure => numberOf(fields[name]);
  return {
    ...{ gateway, symbol, receivedAt, timestamp: instantOf(fields.timestamp) },
    ...{ last: figure('last'), lastSize: figure('lastSize') },
    ...{ bid: figure('bid'), bidSize: figure('bidSize'), ask: figure('ask'), askSize: figure('askSize') },
    ...{ open24h: figure('open24h'), high24h: figure('high24h'), low24h: figure('low24h') },
    volume24h: figure('volume24h'),
    stale: stale === true,
  };
}

/** A print that any program may have published. Undefined for what is none. */
export function parsePrint(value: object): Print | undefined {
  const { gateway, symbol, receivedAt, price, size, tradeId, timestamp, side }: Fields = { ...value };
  if (typeof gateway !== 'string' || typeof symbol !== 'string' || !isInstant(receivedAt)) return undefined;
  if (!isDecimal(price) || !isDecimal(size)) return undefined;
  return {
    ...{ gateway, symbol, receivedAt, price, size },
    tradeId: typeof tradeId === 'string' ? tradeId : null,
    timestamp: instantOf(timestamp),
    side: side === 'BUY' || side === 'SELL' ? side : null,
  };
}

/** A bar that any program may have published. Undefined for what is none. */
export function parseLiveBar(value: object): LiveBar | undefined {
  const { gateway, symbol, interval, isClosed, ...rest }: Fields = { ...value };
  const { openTime, open, high, low, close, volume } = rest;
  const known = LIVE_BAR_INTERVALS.find((each) => each === interval);
  if (typeof gateway !== 'string' || typeof symbol !== 'string' || known === undefined) return undefined;
  if (!isInstant(openTime) || !isNumber(open) || !isNumber(high) || !isNumber(low)) return undefined;
  if (!isNumber(close) || !isNumber(volume)) return undefined;
  const figures = { openTime, open, high, low, close, volume };
  return { gateway, symbol, interval: known, ...figures, isClosed: isClosed === true };
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Milliseconds since the epoch that a Date can have. */
export function isInstant(value: unknown): value is number {
  return isNumber(value) && value >= 0 && value <= LATEST_INSTANT;
}

function instantOf(value: unknown): number | null {
  return isInstant(value) ? value : null;
}

function numberOf(value: unknown): number | null {
  return isNumber(value) ? value : null;
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,64}(\.\d{1,64})?$/.test(value);
}
