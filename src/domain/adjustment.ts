import { formatDay } from './day.ts';
import { CodedError } from './errors.ts';
import { type BarColumns, type CorporateEvent, lowerBound } from './series.ts';

/** How splits and dividends are taken out of prices; GraphQL's PriceAdjustment. */
export const PRICE_ADJUSTMENTS = ['NONE', 'FORWARD', 'BACKWARD'] as const;
export type PriceAdjustment = (typeof PRICE_ADJUSTMENTS)[number];

/**
 * Prices with splits and dividends taken out by multiplication, so that the return over an ex-day is what a holder
 * made. The factor of an ex-day e is (reference price) / close(e-1), the reference price being what the exchanges
 * publish: (close(e-1) - cash) / ratio. That is 1/ratio for a split and 1 - cash/close(e-1) for a dividend.
 *
 * FORWARD multiplies every price by the factors of later ex-days (the last price stays as traded), BACKWARD divides it
 * by the factors of the ex-days up to it (the first price stays). Volume moves with splits only; amount is money and stays.
 * An ex-day that is no session applies to the next session; one before the first or after the last session changes
 * nothing. NONE, and a series without events, answer the very columns. Fails with DATA_INVALID when a dividend is not
 * below the close that it is paid from.
 */
export function adjust(columns: BarColumns, events: readonly CorporateEvent[], mode: PriceAdjustment): BarColumns {
  if (mode === 'NONE') return columns;
  const steps = exSteps(columns, events);
  if (steps.length === 0) return columns;
  const { length } = columns.day;
  const prices = scaleOf(length, steps, ({ priceFactor }) => priceFactor);
  const shares = scaleOf(length, steps, ({ shareFactor }) => shareFactor);
  const price = mode === 'FORWARD' ? prices : rebased(prices);
  const share = mode === 'FORWARD' ? shares : rebased(shares);
  return {
    day: columns.day,
    open: multiply(columns.open, price),
    high: multiply(columns.high, price),
    low: multiply(columns.low, price),
    close: multiply(columns.close, price),
    volume: divide(columns.volume, share),
    amount: columns.amount,
  };
}

/** What happens between the sessions index - 1 and index. */
interface ExStep {
  readonly index: number;
  /** Reference price over the close before. */
  readonly priceFactor: number;
  /** Old shares over new ones: the part of priceFactor that splits make. */
  readonly shareFactor: number;
}

function exSteps(columns: BarColumns, events: readonly CorporateEvent[]): ExStep[] {
  const byIndex = new Map<number, CorporateEvent[]>();
  for (const event of events.toSorted(inOrderOfEffect)) {
    const index = lowerBound(columns.day, event.day);
    if (index === 0 || index === columns.day.length) continue;
    const sameStep = byIndex.get(index);
    if (sameStep === undefined) byIndex.set(index, [event]);
    else sameStep.push(event);
  }
  return [...byIndex].map(([index, atIndex]) => stepOf(index, lastCloseBefore(columns, index), atIndex));
}

/** Cash is paid per old share, so that it leaves the price before the same day's split divides it. */
function inOrderOfEffect(left: CorporateEvent, right: CorporateEvent): number {
  return left.day - right.day || Number(left.kind === 'SPLIT') - Number(right.kind === 'SPLIT');
}

function stepOf(index: number, closeBefore: number, events: readonly CorporateEvent[]): ExStep {
  let shareFactor = 1;
  let referencePrice = closeBefore;
  for (const { day, ratio, cash } of events) {
    if (!(cash < referencePrice || cash === 0)) {
      throw new CodedError(
        'DATA_INVALID',
        `received a dividend of ${cash} on ${formatDay(day)}, wanted less than the price before it, ${referencePrice}`,
      );
    }
    referencePrice = (referencePrice - cash) / ratio;
    shareFactor /= ratio;
  }
  // Without any close before, only a split tells its factor.
  return { index, shareFactor, priceFactor: Number.isNaN(closeBefore) ? shareFactor : referencePrice / closeBefore };
}

function lastCloseBefore(columns: BarColumns, index: number): number {
  return columns.close.subarray(0, index).findLast((close) => !Number.isNaN(close)) ?? Number.NaN;
}

/** For each session the product of the factors of the steps after it; 1 from the last step on. */
function scaleOf(length: number, steps: readonly ExStep[], factorOf: (step: ExStep) => number): Float64Array {
  const scale = new Float64Array(length);
  let product = 1;
  let end = length;
  for (const step of steps.toReversed()) {
    scale.fill(product, step.index, end);
    product *= factorOf(step);
    end = step.index;
  }
  return scale.fill(product, 0, end);
}

/** The same scale with 1 up to the first step. */
function rebased(scale: Float64Array): Float64Array {
  return divide(scale, new Float64Array(scale.length).fill(scale[0] ?? 1));
}

function multiply(figures: Float64Array, scale: Float64Array): Float64Array {
  return figures.map((figure, index) => figure * (scale[index] ?? 1));
}

function divide(figures: Float64Array, scale: Float64Array): Float64Array {
  return figures.map((figure, index) => figure / (scale[index] ?? 1));
}
