import type { Day } from './day.ts';
import { type Steps, visitInSteps } from './steps.ts';
import type { Trade } from './trade.ts';

/** Rows of fills that say the same as another row, which knows the instant. */
export interface FillTwins {
  /** The rows without an instant. */
  readonly untimed: ReadonlySet<Trade>;
  /** Of the first row of a fill with an instant: the day of its twin where that is an earlier one. */
  readonly earlierDays: ReadonlyMap<Trade, Day>;
}

/**
 * Calendar days from a trading day to the next: eleven at the Spring Festivals of 2020 and 2024 (8 to 19 February), the
 * longest since there are QIFI documents.
 */
const MOST_DAYS_APART = 11;

const NO_TWINS: FillTwins = { untimed: new Set(), earlierDays: new Map() };

/**
 * Finds the rows without an instant that have a twin: one that says the same with an instant, not more than eleven days
 * apart; of several the nearest. A row of no day is near to none but such. `ascending` is in time order.
 */
export function* findTwins(ascending: readonly Trade[]): Steps<FillTwins> {
  const wanted = new Set<string>();
  const untimed: Trade[] = [];
  yield* visitInSteps(ascending, (trade) => {
    if (trade.tradedAtNanos !== null || trade.orderId === null) return;
    untimed.push(trade);
    wanted.add(trade.tradeId);
  });
  if (untimed.length === 0) return NO_TWINS;

  const timed = new Map<string, Map<Day | null, Trade>>();
  let fill: Trade | undefined;
  yield* visitInSteps(ascending, (trade) => {
    if (trade.tradedAtNanos === null || !wanted.has(trade.tradeId)) return;
    const isFirst = fill === undefined || !isSameTimed(trade, fill);
    if (isFirst) fill = trade;
    const content = contentOf(trade);
    const days = timed.get(content) ?? new Map<Day | null, Trade>();
    timed.set(content, days);
    if (fill !== undefined && !days.has(trade.tradingDay)) days.set(trade.tradingDay, fill);
  });

  const merged = new Set<Trade>();
  const earlierDays = new Map<Trade, Day>();
  yield* visitInSteps(timed.size === 0 ? [] : untimed, (trade) => {
    const days = timed.get(contentOf(trade));
    const twin = days && nearest(days, trade.tradingDay);
    if (twin === undefined) return;
    merged.add(trade);
    const { tradingDay } = trade;
    const earliest = earlierDays.get(twin) ?? twin.tradingDay;
    if (tradingDay !== null && earliest !== null && tradingDay < earliest) earlierDays.set(twin, tradingDay);
  });
  return { untimed: merged, earlierDays };
}

/** Whether two rows hold one fill with its instant. */
export function isSameTimed(trade: Trade, other: Trade): boolean {
  return (
    other.tradedAtNanos === trade.tradedAtNanos &&
    other.tradeId === trade.tradeId &&
    other.instrumentId === trade.instrumentId
  );
}

function nearest(days: ReadonlyMap<Day | null, Trade>, day: Day | null): Trade | undefined {
  if (day === null) return days.get(null);
  for (let apart = 0; apart <= MOST_DAYS_APART; apart++) {
    const found = days.get(day - apart) ?? days.get(day + apart);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What twins have in common: fees and the name of the exchange may be missing where the instant is. */
function contentOf({ tradeId, orderId, instrumentId, side, offset, price, volume }: Trade): string {
  return JSON.stringify([tradeId, orderId, instrumentId, side, offset, price, volume]);
}
