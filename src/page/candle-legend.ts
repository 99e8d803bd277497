/// <reference lib="dom" />
import type { Candle } from './candle.ts';
import { formatNumber, formatSignedPercent, trendOf } from './figures.ts';
import { make } from './markup.ts';

/** The figures of one candle, and its change against the one before it. */
export function candleFigures(candle: Candle | undefined, previous: Candle | undefined, decimals: number): Node[] {
  if (candle === undefined) return [];
  const { open, high, low, close, volume } = candle;
  const change = previous === undefined ? close / open - 1 : close / previous.close - 1;
  const figures: readonly [string, string][] = [
    ['O', formatNumber(open, decimals)],
    ['H', formatNumber(high, decimals)],
    ['L', formatNumber(low, decimals)],
    ['C', formatNumber(close, decimals)],
    ['Vol', volume.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 4 })],
  ];
  return [
    make('span', {}, timeOf(candle)),
    ...figures.map(([name, figure]) => make('span', {}, `${name} `, make('b', {}, figure))),
    make('b', { class: trendOf(change) }, formatSignedPercent(change, 2)),
  ];
}

function timeOf({ time }: Candle): string {
  return typeof time === 'string'
    ? time
    : new Date(time * 1_000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
