/** A bar of a day, by its date (`2026-11-20`), or of a minute, by the seconds since the epoch at which it begins. */
export interface Candle {
  readonly time: string | number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Bars as one list a field; null is what the source does not have. */
export interface BarColumns {
  readonly date: readonly string[];
  readonly open: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly close: readonly (number | null)[];
  readonly volume: readonly (number | null)[];
}

/** A bar that a gateway makes, as the candles ask for it. */
export interface LiveBar {
  readonly symbol: string;
  readonly openTime: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const HALF_DAY_MS = 43_200_000;

/** Days without a price are left out. */
export function dailyCandles({ date, open, high, low, close, volume }: BarColumns): Candle[] {
  return date.flatMap((time, row) => {
    const last = close[row] ?? null;
    if (last === null) return [];
    const prices = { open: open[row] ?? last, high: high[row] ?? last, low: low[row] ?? last, close: last };
    return [{ time, ...prices, volume: volume[row] ?? 0 }];
  });
}

/** Wherever on the clock a venue begins its day, noon of it lies in the date by which it is known. */
export function formingDay({ openTime, ...bar }: LiveBar): Candle {
  const noon = new Date(Date.parse(openTime) + HALF_DAY_MS);
  return { ...pricesOf(bar), time: noon.toISOString().slice(0, 10) };
}

export function minuteCandle({ openTime, ...bar }: LiveBar): Candle {
  return { ...pricesOf(bar), time: Date.parse(openTime) / 1_000 };
}

/** The list with this candle as its last, or in place of its last. Undefined: it is older than what is there. */
export function withLast(candles: readonly Candle[], candle: Candle): readonly Candle[] | undefined {
  const last = candles.at(-1);
  if (last === undefined || candle.time > last.time) return [...candles, candle];
  return candle.time === last.time ? [...candles.slice(0, -1), candle] : undefined;
}

function pricesOf({ open, high, low, close, volume }: Omit<LiveBar, 'openTime'>): Omit<Candle, 'time'> {
  return { open, high, low, close, volume };
}
