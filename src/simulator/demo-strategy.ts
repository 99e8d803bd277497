import { type Day, formatDay, weekdayOf } from '../domain/day.ts';
import { shanghaiInstant } from '../domain/qifi-times.ts';
import { createSeededRandom } from './seeded-random.ts';

/** What a simulated account trades. Prices in yuan, fees in yuan a lot. */
export interface Strategy {
  readonly accountCookie: string;
  readonly seed: number;
  readonly exchangeId: string;
  /** The instrument that is opened on a day. */
  readonly instrumentOn: (day: Day) => string;
  readonly startPrice: number;
  readonly tick: number;
  /** Deviation of a day's return. */
  readonly volatility: number;
  readonly multiplier: number;
  readonly marginRate: number;
  readonly feePerLot: number;
  readonly maxLots: number;
  readonly canSellShort: boolean;
  readonly cash: number;
}

/** A day of a simulated account, after its close. */
export interface SimulatedDay {
  readonly day: Day;
  readonly preBalance: number;
  readonly deposit: number;
  readonly withdraw: number;
  readonly closeProfit: number;
  readonly positionProfit: number;
  readonly commission: number;
  readonly balance: number;
  readonly holding: Holding | undefined;
  readonly close: number;
  readonly orders: readonly SimulatedOrder[];
}

export interface Holding {
  readonly instrumentId: string;
  /** Negative when short. */
  readonly lots: number;
  readonly openPrice: number;
  readonly openedOn: Day;
}

export interface SimulatedOrder {
  readonly id: string;
  readonly instrumentId: string;
  readonly direction: 'BUY' | 'SELL';
  readonly offset: 'OPEN' | 'CLOSE';
  readonly lots: number;
  readonly price: number;
  readonly at: bigint;
  readonly isFilled: boolean;
}

const NANOS_PER_MS = 1_000_000n;
const MS_PER_HOUR = 3_600_000;

/**
 * An account that opens and closes one position at random, day by day. What a day brings hangs on the seed and the days
 * before it alone, so that a later end only adds days.
 */
export function* simulate(
  strategy: Strategy,
  { from, throughDay }: { from: Day; throughDay: Day },
): Generator<SimulatedDay> {
  const random = createSeededRandom(strategy.seed);
  let price = strategy.startPrice;
  let balance = strategy.cash;
  let holding: Holding | undefined;
  let number = 0;
  for (let day = from; day <= throughDay; day++) {
    if (weekdayOf(day) > 4) continue;
    number++;
    // The same numbers are drawn every day, whatever is done with them: what a day brings hangs on nothing but the seed.
    const [drift, within, wish, size, moment, fate] = [random(), random(), random(), random(), random(), random()];
    const before = price;
    price = toTick(before * (1 + (drift + within - 1) * 2 * strategy.volatility), strategy.tick);
    const dealPrice = toTick(before + (price - before) * within, strategy.tick);
    const at = momentOf(day, moment);
    const next = nextHolding(strategy, { holding, wish, size, day, dealPrice });
    const changed = next !== holding;
    const lots = Math.abs((changed ? (next ?? holding) : undefined)?.lots ?? 0);
    const closeProfit =
      changed && holding !== undefined ? holding.lots * (dealPrice - before) * strategy.multiplier : 0;
    const markedFrom = changed ? dealPrice : before;
    const positionProfit = next === undefined ? 0 : next.lots * (price - markedFrom) * strategy.multiplier;
    const commission = round(lots * strategy.feePerLot, 2);
    const deposit = number === 40 ? 50_000 : 0;
    const withdraw = number === 120 ? 20_000 : 0;
    const orders = ordersOf({ strategy, day, holding, next, dealPrice, at, fate });
    const preBalance = balance;
    balance = round(preBalance + deposit - withdraw + closeProfit + positionProfit - commission, 2);
    holding = next;
    const profits = { closeProfit: round(closeProfit, 2), positionProfit: round(positionProfit, 2), commission };
    yield { day, preBalance, deposit, withdraw, ...profits, balance, holding, close: price, orders };
  }
}

interface Choice {
  readonly holding: Holding | undefined;
  readonly wish: number;
  readonly size: number;
  readonly day: Day;
  readonly dealPrice: number;
}

function nextHolding(strategy: Strategy, { holding, wish, size, day, dealPrice }: Choice): Holding | undefined {
  if (holding !== undefined) return wish < 0.35 ? undefined : holding;
  if (wish > 0.55) return undefined;
  const lots = Math.max(1, Math.round(size * strategy.maxLots));
  const isShort = strategy.canSellShort && wish < 0.25;
  return {
    instrumentId: strategy.instrumentOn(day),
    lots: isShort ? -lots : lots,
    openPrice: dealPrice,
    openedOn: day,
  };
}

interface Dealing {
  readonly strategy: Strategy;
  readonly day: Day;
  readonly holding: Holding | undefined;
  readonly next: Holding | undefined;
  readonly dealPrice: number;
  readonly at: bigint;
  readonly fate: number;
}

function ordersOf({ strategy, day, holding, next, dealPrice, at, fate }: Dealing): SimulatedOrder[] {
  const id = `${strategy.accountCookie}-${formatDay(day).replaceAll('-', '')}`;
  const orders: SimulatedOrder[] = [];
  if (next !== holding) {
    const { instrumentId, lots } = next ?? holding ?? { instrumentId: '', lots: 0 };
    const isOpening = next !== undefined;
    const isBuying = isOpening === lots > 0;
    orders.push({
      id: `${id}-1`,
      instrumentId,
      direction: isBuying ? 'BUY' : 'SELL',
      offset: isOpening ? 'OPEN' : 'CLOSE',
      lots: Math.abs(lots),
      price: dealPrice,
      at,
      isFilled: true,
    });
  }
  if (fate < 0.08) {
    orders.push({
      id: `${id}-2`,
      instrumentId: strategy.instrumentOn(day),
      direction: 'BUY',
      offset: 'OPEN',
      lots: 1,
      price: toTick(dealPrice * 0.97, strategy.tick),
      at: at + 60_000n * NANOS_PER_MS,
      isFilled: false,
    });
  }
  return orders;
}

/** An instant of the day session in Shanghai, 09:00 to 15:00, in nanoseconds. */
function momentOf(day: Day, share: number): bigint {
  const ms = shanghaiInstant(day, 9 * MS_PER_HOUR + Math.floor(share * 6 * MS_PER_HOUR));
  return BigInt(ms) * NANOS_PER_MS + BigInt(Math.floor(share * 1e15) % 1_000_000);
}

function toTick(price: number, tick: number): number {
  return round(Math.round(price / tick) * tick, 4);
}

export function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
