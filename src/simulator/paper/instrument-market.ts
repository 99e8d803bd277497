import type { LiveBarInterval } from '../../domain/live-bar.ts';
import { INTERVAL_MS, openTimeOf, type PathCandle, pathCandle } from './candles.ts';
import { inventQuotes, type Level, type OrderSide, priceText, type Quotes, sizeText, withoutTaken } from './depth.ts';
import type { PaperInstrument } from './instruments.ts';
import { createPricePath, mix, type PricePath } from './price-path.ts';

/** A trade as the public sees it. */
export interface Print {
  readonly tradeId: string;
  readonly px: string;
  readonly sz: string;
  /** Of the taker. */
  readonly side: OrderSide;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A trade that others are about to make. */
export interface ComingPrint {
  readonly px: string;
  readonly sz: string;
  readonly side: OrderSide;
}

interface Extremes {
  readonly high: number;
  readonly low: number;
}

export interface InstrumentMarketOptions {
  readonly instrument: PaperInstrument;
  readonly seed: number;
  readonly random: () => number;
  readonly now: number;
  /** Of the first print. */
  readonly firstTradeId: number;
}

const MS_PER_DAY = 86_400_000;
const MOST_PRINTS = 3;
/** After a rest the volume of the time slept is not made up for. */
const LONGEST_STEP_MS = 2000;
const MINUTES_KEPT = 1500;

/** The market of one instrument: what was last traded and what is offered. */
export class InstrumentMarket {
  readonly instrument: PaperInstrument;
  readonly #path: PricePath;
  readonly #seed: number;
  readonly #random: () => number;
  /** Extremes of what was shown here, in ticks by minute: what is sampled of the path need not reach them. */
  readonly #minutes = new Map<number, Extremes>();
  #steppedAt: number;
  #nextTradeId: number;
  #last: Level;
  #lastTicks: number;
  #quotes: Quotes;

  constructor({ instrument, seed, random, now, firstTradeId }: InstrumentMarketOptions) {
    this.instrument = instrument;
    this.#seed = seed;
    this.#random = random;
    this.#path = createPricePath(instrument, seed);
    this.#steppedAt = now;
    this.#nextTradeId = firstTradeId;
    this.#lastTicks = this.#path.ticksAt(now);
    this.#last = { px: priceText(instrument, this.#lastTicks), sz: instrument.minSz };
    this.#quotes = this.#quotesAround(this.#lastTicks, 'buy', now);
  }

  get last(): Level {
    return this.#last;
  }

  get quotes(): Quotes {
    return this.#quotes;
  }

  /** Moves the quotes to the price of the instant, when the market has rested. */
  wake(now: number): void {
    if (now - this.#steppedAt < LONGEST_STEP_MS) return;
    this.#steppedAt = now;
    this.#lastTicks = this.#path.ticksAt(now);
    this.#last = { ...this.#last, px: priceText(this.instrument, this.#lastTicks) };
    this.#quotes = this.#quotesAround(this.#lastTicks, 'buy', now);
  }

  /** What others trade from the step before until now. They are to be made with `print`. */
  step(now: number): ComingPrint[] {
    const from = Math.max(this.#steppedAt, now - LONGEST_STEP_MS);
    const ticks = this.#path.ticksAt(now);
    const volume = this.#path.volumeBetween(from, now);
    const side = this.#sideOfMove(ticks);
    this.#steppedAt = now;
    this.#quotes = this.#quotesAround(ticks, side, now);
    const count = 1 + Math.floor(this.#random() * MOST_PRINTS);
    const shares = Array.from({ length: count }, () => 0.2 + this.#random());
    const whole = shares.reduce((sum, share) => sum + share, 0);
    const px = priceText(this.instrument, ticks);
    const sizes = shares.map((share) => sizeText(this.instrument, (volume * share) / whole));
    return sizes.filter((sz) => sz !== '0').map((sz) => ({ px, sz, side }));
  }

  /** The quotes follow a trade at a price that nobody had foreseen. */
  moveTo(px: string, side: OrderSide, now: number): void {
    this.#steppedAt = now;
    this.#quotes = this.#quotesAround(this.#ticksOf(px), side, now);
  }

  take(side: OrderSide, taken: readonly Level[]): void {
    this.#quotes = withoutTaken(this.#quotes, side, taken);
  }

  /** The id of the next print, which is dense for the instrument. */
  nextTradeId(): string {
    return String(this.#nextTradeId++);
  }

  /** From now on it was traded. */
  print({ px, sz, at }: Print): void {
    this.#last = { px, sz };
    this.#lastTicks = this.#ticksOf(px);
    this.#note(this.#lastTicks, at);
  }

  /** https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-tickers-channel */
  tickerRow(now: number): Record<string, string> {
    const { instrument } = this;
    const [bid, ask] = [this.#quotes.bids[0], this.#quotes.asks[0]];
    const day = this.#dayUntil(now);
    const volume = this.#path.volumeBetween(now - MS_PER_DAY, now) * Number(instrument.ctVal);
    const inContracts = sizeText(instrument, this.#path.volumeBetween(now - MS_PER_DAY, now));
    return {
      instType: instrument.instType,
      instId: instrument.instId,
      last: this.#last.px,
      lastSz: this.#last.sz,
      askPx: ask?.px ?? '',
      askSz: ask?.sz ?? '',
      bidPx: bid?.px ?? '',
      bidSz: bid?.sz ?? '',
      open24h: priceText(instrument, this.#path.ticksAt(now - MS_PER_DAY)),
      high24h: priceText(instrument, day.high),
      low24h: priceText(instrument, day.low),
      // Of a swap in coins, of spot in the quote currency.
      volCcy24h: (instrument.instType === 'SWAP' ? volume : volume * Number(this.#last.px)).toFixed(4),
      vol24h: inContracts,
      sodUtc0: priceText(instrument, this.#path.ticksAt(openTimeOf('D1', now))),
      sodUtc8: priceText(instrument, this.#path.ticksAt(openTimeOf('D1', now + MS_PER_DAY / 3) - MS_PER_DAY / 3)),
      ts: String(now),
    };
  }

  /** https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-candlesticks-channel */
  candleRow(interval: LiveBarInterval, openTime: number, now: number): string[] {
    const { instrument } = this;
    const isClosed = openTime + INTERVAL_MS[interval] <= now;
    // What a bar has once shown stays in it.
    if (!isClosed) this.#note(this.#lastTicks, now);
    const candle = pathCandle(this.#path, interval, { openTime, until: now });
    const { high, low } = this.#widened(candle, openTime, Math.min(openTime + INTERVAL_MS[interval], now + 1));
    const close = isClosed ? candle.close : this.#lastTicks;
    const prices = [candle.open, high, low, close];
    const inCoins = candle.volume * Number(instrument.ctVal);
    const inQuote = inCoins * close * Number(instrument.tickSz);
    return [
      String(openTime),
      ...prices.map((ticks) => priceText(instrument, ticks)),
      sizeText(instrument, candle.volume),
      (instrument.instType === 'SWAP' ? inCoins : inQuote).toFixed(4),
      inQuote.toFixed(4),
      isClosed ? '1' : '0',
    ];
  }

  #note(ticks: number, at: number): void {
    const minute = openTimeOf('M1', at);
    const known = this.#minutes.get(minute);
    this.#minutes.set(minute, {
      high: Math.max(known?.high ?? ticks, ticks),
      low: Math.min(known?.low ?? ticks, ticks),
    });
    const [oldest] = this.#minutes.keys();
    if (this.#minutes.size > MINUTES_KEPT && oldest !== undefined) this.#minutes.delete(oldest);
  }

  #dayUntil(now: number): PathCandle {
    const hour = openTimeOf('H1', now);
    const candle = pathCandle(this.#path, 'D1', { openTime: hour - MS_PER_DAY + INTERVAL_MS.H1, until: now });
    const { high, low } = this.#widened(candle, now - MS_PER_DAY, now + 1);
    const ends = [this.#path.ticksAt(now - MS_PER_DAY), this.#lastTicks];
    return { ...candle, high: Math.max(high, ...ends), low: Math.min(low, ...ends) };
  }

  #widened({ high, low }: PathCandle, from: number, end: number): Extremes {
    const within = [...this.#minutes].filter(([minute]) => minute >= from && minute < end).map(([, each]) => each);
    return {
      high: Math.max(high, ...within.map((each) => each.high)),
      low: Math.min(low, ...within.map((each) => each.low)),
    };
  }

  #sideOfMove(ticks: number): OrderSide {
    if (ticks === this.#lastTicks) return this.#random() < 0.5 ? 'buy' : 'sell';
    return ticks > this.#lastTicks ? 'buy' : 'sell';
  }

  /** The last price is the best that its taker could get. */
  #quotesAround(ticks: number, side: OrderSide, now: number): Quotes {
    const seed = mix(this.#seed, Math.floor(now));
    const spread = 1 + (mix(seed, 3) % 3);
    const bid = side === 'buy' ? ticks - spread : ticks;
    return inventQuotes(this.instrument, { bid, ask: bid + spread, seed });
  }

  #ticksOf(px: string): number {
    return Math.round(Number(px) / Number(this.instrument.tickSz));
  }
}
