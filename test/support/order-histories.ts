import fc from 'fast-check';
import { addDecimals, toDecimalText } from '../../src/domain/decimal-text.ts';
import { type LiveFill, type LiveOrder, ownOrderKey } from '../../src/domain/live-order.ts';
import type { OrderStatus } from '../../src/domain/order.ts';
import { orderOfReport, orderOfRequest, withFills } from '../../src/domain/order-join.ts';
import type { OrderReport } from '../../src/domain/order-report.ts';
import type { OrderRequest } from '../../src/domain/order-request.ts';

export const request: OrderRequest = {
  gateway: 'paper',
  accountCookie: 'paper',
  symbol: 'BTC-USDT',
  side: 'BUY',
  type: 'LIMIT',
  volume: '1.00',
  price: '100',
  timeInForce: 'GTC',
  offset: 'OPEN',
  reduceOnly: false,
  marginMode: null,
  clientOrderId: 'mine1',
};

export const identity = {
  gateway: 'paper',
  accountCookie: 'paper',
  orderKey: ownOrderKey(request.clientOrderId),
};

const openReport: OrderReport = {
  symbol: 'BTC-USDT',
  orderId: 'v1',
  clientOrderId: 'mine1',
  side: 'BUY',
  offset: 'OPEN',
  type: 'LIMIT',
  timeInForce: 'GTC',
  status: 'OPEN',
  price: '100',
  volume: '1.00',
  filledVolume: '0',
  averagePrice: null,
  statusMessage: null,
  createdAt: 1000,
  updatedAt: 1000,
  fills: [],
};

/** What the venue says of the order of `request`: that it is open, but for the changes. */
export function reported(changes: Partial<OrderReport> = {}): LiveOrder {
  return orderOfReport({ ...openReport, ...changes }, identity);
}

export function fillOf(tradeId: string, volume: string, changes: Partial<LiveFill> = {}): LiveFill {
  return { tradeId, price: '100', volume, fee: '0.01', feeCurrency: 'USDT', at: 1100, ...changes };
}

/** States of the order of `request` as everything that speaks of it may bring them, in the order in which they were so. */
export type OrderHistory = readonly LiveOrder[];

interface Moment {
  readonly at: number;
  readonly hundredths: number;
  readonly price: number;
  readonly news: 'FILL' | 'PRICE' | 'VOLUME' | 'NONE';
  readonly isPushed: boolean;
  readonly isVolumeTold: boolean;
  readonly isFeeTold: boolean;
}

const moments = fc.array(
  fc.record<Moment>({
    at: fc.integer({ min: 1, max: 3 }),
    hundredths: fc.integer({ min: 1, max: 40 }),
    price: fc.integer({ min: 90, max: 110 }),
    news: fc.constantFrom('FILL', 'FILL', 'FILL', 'PRICE', 'VOLUME', 'NONE'),
    isPushed: fc.boolean(),
    isVolumeTold: fc.boolean(),
    isFeeTold: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

/**
 * Random lives of an order at a venue: it is filled in parts, its price is changed, its volume raised, and it may end.
 * The reports tell the latest fill, or none, and the filled volume, or not; a list tells the fills apart, unless the
 * volume was raised.
 */
export const orderHistories: fc.Arbitrary<OrderHistory> = fc
  .record({
    moments,
    end: fc.constantFrom<OrderStatus | undefined>(undefined, 'CANCELLED', 'EXPIRED', 'REJECTED'),
    message: fc.option(fc.constantFrom('by the user', 'by the venue')),
    timeInForce: fc.constantFrom('GTC' as const, null),
  })
  .map(({ moments: life, end, message, timeInForce }) => {
    const report = (changes: Partial<OrderReport>) => reported({ timeInForce, ...changes });
    const states: LiveOrder[] = [
      orderOfRequest(request, 'PENDING', 990),
      orderOfRequest(request, 'UNKNOWN', 990),
      report({}),
    ];
    const [fills, apart]: [LiveFill[], LiveOrder[]] = [[], []];
    let [at, volume, filled, price] = [1000, 100, 0, 100];
    for (const moment of life) {
      at += moment.news === 'PRICE' ? moment.at - 1 : moment.at;
      const volumeOfFill = moment.news === 'FILL' ? Math.min(moment.hundredths, volume - filled) : 0;
      if (moment.news === 'PRICE') price = moment.price;
      if (moment.news === 'VOLUME' && filled < volume) volume += moment.hundredths;
      if (volumeOfFill > 0) {
        filled += volumeOfFill;
        const fill = fillOf(`t${fills.length}`, hundredths(volumeOfFill), { price: String(moment.price), at });
        fills.push(fill);
        apart.push(
          withFills(states[fills.length % 3] ?? report({}), [moment.isFeeTold ? fill : { ...fill, fee: null }]),
        );
      }
      states.push(
        report({
          updatedAt: at,
          price: String(price),
          volume: hundredths(volume),
          status: filled === volume ? 'FILLED' : 'OPEN',
          filledVolume: moment.isVolumeTold ? hundredths(filled) : null,
          averagePrice: moment.isVolumeTold && filled > 0 ? String(moment.price) : null,
          fills: moment.isPushed ? fills.slice(-1) : [],
        }),
      );
    }
    if (end !== undefined && filled < volume) {
      const last = {
        updatedAt: at + 1,
        price: String(price),
        volume: hundredths(volume),
        filledVolume: hundredths(filled),
      };
      states.push(report({ ...last, status: end, statusMessage: message }), report({ ...last, status: end }));
    }
    return volume === 100 ? [...states, ...apart] : states;
  });

/** The history, each state at least once, in any order. */
export function retold(history: OrderHistory): fc.Arbitrary<OrderHistory> {
  return fc
    .array(fc.constantFrom(...history), { maxLength: 6 })
    .chain((again) => fc.shuffledSubarray([...history, ...again], { minLength: history.length + again.length }));
}

/** The sum of the volumes of the fills. */
export function filledBy({ fills }: LiveOrder): string {
  return fills.reduce((sum, { volume }) => addDecimals(sum, volume), '0');
}

function hundredths(count: number): string {
  return toDecimalText(`${count}e-2`) ?? '0';
}
