import { decodeBars, encodeBars } from '../../src/cache/tiers/series-encoding.ts';
import type { StoredSeries } from '../../src/cache/tiers/series-tier.ts';
import type { BarHistory } from '../../src/domain/series.ts';
import { storedBars } from '../support/stored-series.ts';
import { median } from './statistics.ts';

/**
 * `node test/bench/cached-series.ts`: what it costs to write a history as bytes for other processes and to read it again,
 * against JSON of the same as columns and as rows: medians of milliseconds, and of the ratios within each round.
 */
const ROWS = 2654;
const ROUNDS = 101;
const ONCE = 10;

const stored = withMarketDigits(storedBars('510300.SH', { rows: ROWS }));
const { columns: _, ...head } = stored.value;

const ways: Readonly<Record<string, () => unknown>> = {
  binary: () => decodeBars(encodeBars(stored)),
  'JSON columns': () => fromJsonColumns(toJsonColumns(stored)),
  'JSON rows': () => JSON.parse(Buffer.from(JSON.stringify({ ...head, rows: rowsOf(stored) })).toString()),
};

/** Prices of three decimals, volumes of none: what a market has, and what JSON is short for. */
function withMarketDigits({ value, askedAt }: StoredSeries<BarHistory>): StoredSeries<BarHistory> {
  const { day, open } = value.columns;
  const prices = (shift: number): Float64Array => open.map((price) => Math.round((price + shift) * 1000) / 1000);
  const volume = open.map((price) => Math.round(price * 12_345_678));
  const amount = volume.map((each, row) => Math.round(each * (open[row] ?? 0)));
  const columns = { day, open: prices(0), high: prices(0.05), low: prices(-0.05), close: prices(0.02), volume, amount };
  return { value: { ...value, columns }, askedAt };
}

function toJsonColumns({ value }: StoredSeries<BarHistory>): Buffer {
  const plain = Object.fromEntries(Object.entries(value.columns).map(([name, column]) => [name, Array.from(column)]));
  return Buffer.from(JSON.stringify({ ...value, columns: plain }));
}

function fromJsonColumns(bytes: Buffer): unknown {
  const { columns, ...rest } = JSON.parse(bytes.toString());
  const typed = Object.entries<number[]>(columns).map(([name, column]) =>
    name === 'day' ? [name, Int32Array.from(column)] : [name, Float64Array.from(column)],
  );
  return { ...rest, columns: Object.fromEntries(typed) };
}

function rowsOf({ value: { columns } }: StoredSeries<BarHistory>): object[] {
  const { day, open, high, low, close, volume, amount } = columns;
  return Array.from(day, (each, row) => ({
    ...{ day: each, open: open[row], high: high[row], low: low[row], close: close[row] },
    ...{ volume: volume[row], amount: amount[row] },
  }));
}

function timeOf(way: () => unknown): number {
  const start = performance.now();
  for (let times = 0; times < ONCE; times++) way();
  return (performance.now() - start) / ONCE;
}

const rounds = Array.from({ length: ROUNDS }, () =>
  Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, timeOf(way)])),
);
for (const name of Object.keys(ways)) {
  const ms = median(rounds.map((round) => round[name] ?? 0));
  const ratio = median(rounds.map((round) => (round[name] ?? 0) / (round.binary ?? 1)));
  console.log(
    `${name.padEnd(12)} ${ms.toFixed(3)} ms to write and read ${ROWS} rows, ${ratio.toFixed(1)} times binary`,
  );
}
console.log(`${encodeBars(stored).length} bytes, JSON columns ${toJsonColumns(stored).length} bytes`);
