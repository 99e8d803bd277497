import { type Day, formatDay, instantOfDay, parseDay, weekdayOf } from '../domain/day.ts';
import { pathCandle } from './paper/candles.ts';
import { BTC_USDT, DEMO_PRICE_SEED } from './paper/instruments.ts';
import { createPricePath } from './paper/price-path.ts';
import { createSeededRandom } from './seeded-random.ts';

/** A file of the folder format. */
export interface DemoFile {
  readonly name: string;
  readonly text: string;
}

/** An instrument of the demo, and how its invented price walks. */
interface DemoInstrument {
  readonly code: string;
  readonly seed: number;
  /** What the price is drawn back to, in the quote currency. */
  readonly level: number;
  /** Of a day, as a fraction. */
  readonly volatility: number;
  /** Digits behind the point. */
  readonly decimals: number;
  /** Shares or contracts of an ordinary day, and what they are counted in. */
  readonly volume: number;
  readonly lot: number;
  readonly nav?: 'CN' | 'US';
  readonly event?: DemoEvent;
}

interface DemoEvent {
  readonly date: string;
  readonly ratio: number;
  readonly cash: number;
}

const FIRST_DAY = '2015-01-05';
const BARS_HEADER = 'date,open,high,low,close,volume,amount';

const INSTRUMENTS: readonly DemoInstrument[] = [
  { code: '000300.SH', seed: 1, level: 3900, volatility: 0.012, decimals: 2, volume: 16e9, lot: 100 },
  { code: '510300.SH', seed: 2, level: 3.9, volatility: 0.012, decimals: 3, volume: 6e8, lot: 100, nav: 'CN' },
  { code: '518880.SH', seed: 3, level: 4.2, volatility: 0.008, decimals: 3, volume: 2e8, lot: 100, nav: 'CN' },
  {
    code: '513100.SH',
    seed: 4,
    level: 5.6,
    volatility: 0.014,
    decimals: 3,
    volume: 3e8,
    lot: 100,
    nav: 'US',
    event: { date: '2021-06-07', ratio: 5, cash: 0 },
  },
  {
    code: '600519.SH',
    seed: 5,
    level: 1500,
    volatility: 0.016,
    decimals: 2,
    volume: 3e6,
    lot: 100,
    event: { date: '2020-06-24', ratio: 1, cash: 17 },
  },
  { code: '000001.SZ', seed: 6, level: 12, volatility: 0.018, decimals: 2, volume: 9e7, lot: 100 },
  { code: '00700.HK', seed: 7, level: 380, volatility: 0.019, decimals: 1, volume: 2e7, lot: 100 },
  { code: 'AAPL', seed: 8, level: 170, volatility: 0.016, decimals: 2, volume: 6e7, lot: 1 },
  { code: 'NDX', seed: 9, level: 14500, volatility: 0.013, decimals: 2, volume: 5e9, lot: 1 },
  { code: 'AU.SHF', seed: 10, level: 420, volatility: 0.008, decimals: 2, volume: 2e5, lot: 1 },
  { code: 'RB.SHF', seed: 11, level: 3700, volatility: 0.014, decimals: 0, volume: 2e6, lot: 1 },
];

/** How strongly a price is drawn back to its level each day: far walks stay plausible. */
const REVERSION = 0.004;

/**
 * Simulated daily bars, NAVs and events in the folder format, from 2015-01-05 through a day. The figures are invented
 * from a fixed seed and are nobody's prices; those of a day are the same whatever `throughDay` is. Markets are open on
 * weekdays, holidays included, coins on all days: their bars go on in what the paper venue trades.
 */
export function demoMarketFiles(throughDay: Day): DemoFile[] {
  const funds = INSTRUMENTS.filter(({ nav }) => nav !== undefined).map(({ code, nav }) => `${code},${nav}`);
  return [
    ...INSTRUMENTS.flatMap((instrument) => filesOf(instrument, throughDay)),
    { name: `${BTC_USDT.instId}.csv`, text: csv(BARS_HEADER, coinBars(throughDay)) },
    { name: 'funds.csv', text: csv('code,navMarket', funds) },
  ];
}

function filesOf(instrument: DemoInstrument, throughDay: Day): DemoFile[] {
  const { code, nav, event } = instrument;
  const bars: string[] = [];
  const navs: string[] = [];
  for (const session of sessionsOf(instrument, throughDay)) {
    bars.push(session.bar);
    navs.push(session.nav);
  }
  const files = [{ name: `${code}.csv`, text: csv(BARS_HEADER, bars) }];
  if (nav !== undefined) files.push({ name: `${code}.nav.csv`, text: csv('date,nav', navs) });
  if (event !== undefined)
    files.push({ name: `${code}.events.csv`, text: csv('date,kind,ratio,cash', [eventRow(event)]) });
  return files;
}

function* sessionsOf(instrument: DemoInstrument, throughDay: Day): Generator<{ bar: string; nav: string }> {
  const { seed, level, volatility, decimals, volume, lot, nav: navMarket, event } = instrument;
  const random = createSeededRandom(seed);
  const exDay = event === undefined ? undefined : parseDay(event.date);
  // Prices of one share as it was on the first day, before any event; `shares` is what became of it.
  let value = level;
  let shares = 1;
  let paid = 0;
  let previousClose = level;
  for (let day = parseDay(FIRST_DAY) ?? 0; day <= throughDay; day += 1) {
    if (weekdayOf(day) > 4) continue;
    if (day === exDay && event !== undefined) {
      shares = event.ratio;
      paid = event.cash;
      previousClose = (previousClose - event.cash) / event.ratio;
    }
    const before = value;
    value *= 1 + REVERSION * (level / value - 1) + volatility * bell(random);
    const unit = (worth: number): number => (worth - paid) / shares;
    // Where the fund's assets trade later than its shares, the shares follow the NAV of the day before.
    const anchor = unit(navMarket === 'US' ? before : value);
    const noise = navMarket === undefined ? 0 : 0.0015 * bell(random);
    const close = anchor * (1 + noise);
    const open = previousClose * (1 + 0.25 * volatility * bell(random));
    const high = Math.max(open, close) * (1 + 0.4 * volatility * random());
    const low = Math.min(open, close) * (1 - 0.4 * volatility * random());
    const traded = Math.round((volume * shares * (0.5 + random())) / lot) * lot;
    const prices = [open, high, low, close].map((price) => price.toFixed(decimals)).join(',');
    const date = formatDay(day);
    yield {
      bar: `${date},${prices},${traded.toFixed(0)},${(traded * ((open + close) / 2)).toFixed(2)}`,
      nav: `${date},${unit(value).toFixed(4)}`,
    };
    previousClose = close;
  }
}

/** What the paper venue would have traded each day, UTC. */
function coinBars(throughDay: Day): string[] {
  const path = createPricePath(BTC_USDT, DEMO_PRICE_SEED);
  const tick = Number(BTC_USDT.tickSz);
  const bars: string[] = [];
  for (let day = parseDay(FIRST_DAY) ?? 0; day <= throughDay; day += 1) {
    const { open, high, low, close, volume } = pathCandle(path, 'D1', { openTime: instantOfDay(day) });
    const prices = [open, high, low, close].map((ticks) => (ticks * tick).toFixed(1)).join(',');
    const amount = volume * tick * ((open + close) / 2);
    bars.push(`${formatDay(day)},${prices},${volume.toFixed(3)},${amount.toFixed(2)}`);
  }
  return bars;
}

/** About normal with deviation 1, within ±3.5: four draws added up need no function that platforms round differently. */
function bell(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

function eventRow({ date, ratio, cash }: DemoEvent): string {
  return `${date},${ratio === 1 ? 'DIVIDEND' : 'SPLIT'},${ratio},${cash}`;
}

function csv(header: string, rows: readonly string[]): string {
  return `${[header, ...rows].join('\n')}\n`;
}
