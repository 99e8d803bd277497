import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveFill } from '../../../src/domain/live-order.ts';
import type { OrderReport } from '../../../src/domain/order-report.ts';
import { writeAnswer } from '../../../src/exchanges/okx/account-dialect.ts';
import { createAccountReader } from '../../../src/exchanges/okx/account-normalize.ts';
import type { VenueRequest } from '../../../src/exchanges/venue-account.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import {
  ACCOUNT,
  BALANCE_DETAIL,
  FILL_ROW,
  ORDER_ROW,
  ORDERS,
  POSITION_ROW,
  POSITIONS,
  pushOf,
} from './account-frames.ts';

const ACKNOWLEDGEMENT = { ordId: '7', clOrdId: 'desk0001', sCode: '0', sMsg: '' };
const TEXTS: readonly string[] = [
  pushOf(ORDERS, [ORDER_ROW, { ...ORDER_ROW, tradeId: '' }]),
  pushOf(POSITIONS, [POSITION_ROW, { ...POSITION_ROW, posSide: 'short', availPos: '1' }], 'snapshot'),
  pushOf(ACCOUNT, [{ uTime: '1', details: [BALANCE_DETAIL] }], 'event_update'),
  '{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}',
  '{"event":"error","code":"60009","msg":"Login failed.","connId":"a4d3ae55"}',
  '{"event":"subscribe","arg":{"channel":"orders","instType":"ANY"},"connId":"a4d3ae55"}',
  '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}',
  writeAnswer([ORDER_ROW]),
  writeAnswer([FILL_ROW]),
  writeAnswer([POSITION_ROW]),
  writeAnswer([{ uTime: '1', details: [BALANCE_DETAIL] }]),
  writeAnswer([ACKNOWLEDGEMENT]),
  writeAnswer([], '51008', 'No.'),
];
const ANSWERS = ['DONE', 'REFUSED', 'NOT_FOUND', 'UNCLEAR'];
const EVENTS = [
  'LOGGED_IN',
  'LOGIN_REFUSED',
  'SUBSCRIBED',
  'ORDER',
  'POSITION',
  'BALANCE',
  'TROUBLE',
  'CLOSING',
  'UNREADABLE',
];
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

const odd = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.constantFrom('', 'NaN', 'Infinity', '-0', '0x1f', '__proto__', 'constructor', ' 1', '1e-9', `1${'0'.repeat(80)}`),
  fc.jsonValue(),
);

/** A text in which some values, of whatever type, are others. */
const withOtherValues = fc
  .tuple(fc.constantFrom(...TEXTS), fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 }))
  .map(([text, changes]) =>
    changes.reduce((changed, [at, value]) => {
      const values = [...changed.matchAll(/(?<=[:[,])"(?:[^"\\]|\\.)*"(?=[,\]}])/g)];
      const place = values[at % Math.max(1, values.length)];
      if (place === undefined) return changed;
      return changed.slice(0, place.index) + JSON.stringify(value) + changed.slice(place.index + place[0].length);
    }, text),
  );
const half = fc.tuple(fc.constantFrom(...TEXTS), fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), half, withOtherValues, withOtherValues);

function checkFill({ price, volume, fee, at }: LiveFill): void {
  expect(price).toMatch(DECIMAL);
  expect(volume).toMatch(/^[^-]*[1-9]/);
  if (fee !== null) expect(fee).toMatch(DECIMAL);
  expect(Number.isSafeInteger(at)).toBe(true);
}

function checkReport(report: OrderReport): void {
  expect(report.orderId).not.toBe('');
  expect(report.symbol).not.toBe('');
  for (const decimal of [report.price, report.volume, report.filledVolume, report.averagePrice]) {
    if (decimal !== null) expect(decimal).toMatch(DECIMAL);
  }
  for (const fill of report.fills) checkFill(fill);
}

describe('whatever the private socket says', () => {
  it('is read without a fault, into events with decimal texts and finite figures', { timeout: 60_000 }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 3 }), (texts) => {
        const read = createAccountReader();
        for (const event of texts.flatMap((text) => [...read(text, 0)])) {
          seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
          if (event.type === 'ORDER') checkReport(event.report);
          if (event.type === 'BALANCE') expect(event.balance.total).toMatch(DECIMAL);
          if (event.type === 'POSITION') {
            const { instrumentId: _, exchangeId: __, ...figures } = event.position;
            for (const figure of Object.values(figures)) if (figure !== null) expect(figure).toBeTypeOf('number');
            expect(Object.values(figures).every((figure) => figure === null || Number.isFinite(figure))).toBe(true);
          }
          if ('reason' in event) expect(event.reason.length).toBeLessThan(2_000);
        }
      }),
      { numRuns: 5_000 },
    );
    // None of them is there by chance only.
    for (const type of EVENTS) expect([type, (seen.get(type) ?? 0) > 10]).toEqual([type, true]);
  });
});

describe('whatever is answered over REST', () => {
  const rest = findVenue('okx')?.account?.rest;
  if (rest === undefined) throw new Error('wanted an account');
  const orderRequests = [rest.cancelOrder('A', { orderId: '7' }), rest.order('A', { orderId: '7' })];
  const requests: readonly VenueRequest<unknown>[] = [
    ...orderRequests,
    rest.openOrders(),
    rest.finishedOrders('SPOT', 1),
    rest.fills(1),
    rest.positions(),
    rest.balances(),
  ];

  it('is read without a fault, and done only with a status of success', { timeout: 60_000 }, () => {
    const status = fc.constantFrom(200, 200, 200, 204, 302, 400, 401, 404, 429, 500, 502, 503);
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(anything, status, (text, statusCode) => {
        for (const request of requests) {
          const answer = request.read({ status: statusCode, text });
          seen.set(answer.type, (seen.get(answer.type) ?? 0) + 1);
          if (answer.type === 'DONE') expect(statusCode).toBeLessThan(300);
          else expect(answer.reason.length).toBeLessThan(2_000);
          if (statusCode >= 500) expect(answer.type).toBe('UNCLEAR');
        }
      }),
      { numRuns: 5_000 },
    );
    for (const type of ANSWERS.filter((each) => each !== 'NOT_FOUND')) expect(seen.get(type)).toBeGreaterThan(10);
  });
});
