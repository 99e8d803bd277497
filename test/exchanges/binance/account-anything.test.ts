import { expect, it } from 'vitest';
import { readAccountFrame } from '../../../src/exchanges/binance/account-normalize.ts';
import { createBinanceRest } from '../../../src/exchanges/binance/account-rest.ts';
import { withSignature } from '../../../src/exchanges/binance/sign.ts';
import { checkAnswers, checkFrames } from '../account/anything.ts';
import { CREDENTIALS } from '../account/venue-desk.ts';
import {
  ACCOUNT_POSITION,
  ACCOUNT_ROW,
  EXECUTION_REPORT,
  FILL_ROW,
  LOGGED_IN,
  loginRefused,
  ORDER_ROW,
  pushOf,
} from './account-frames.ts';

const FRAMES = [
  pushOf(EXECUTION_REPORT),
  pushOf({ ...EXECUTION_REPORT, x: 'CANCELED', X: 'CANCELED', C: 'desk0001' }),
  pushOf(ACCOUNT_POSITION),
  pushOf({ e: 'eventStreamTerminated', E: 1 }),
  LOGGED_IN,
  loginRefused(-2015, 'Invalid API-key.', 401),
  '{"id":"other","status":400,"error":{"code":-1100,"msg":"Bad."}}',
];
const ANSWERS = [
  JSON.stringify(ORDER_ROW),
  JSON.stringify([ORDER_ROW, { ...ORDER_ROW, orderId: 2 }]),
  JSON.stringify([FILL_ROW]),
  JSON.stringify(ACCOUNT_ROW),
  '{"code":-2013,"msg":"Order does not exist."}',
  '{"code":-2010,"msg":"Account has insufficient balance for requested action."}',
];

it('whatever the private socket says is read without a fault', { timeout: 60_000 }, () => {
  checkFrames(FRAMES, () => readAccountFrame, [
    ...(['LOGGED_IN', 'LOGIN_REFUSED', 'SUBSCRIBED', 'ORDER', 'BALANCE', 'TROUBLE', 'CLOSING', 'UNREADABLE'] as const),
  ]);
});

it('whatever is answered over REST is read without a fault', { timeout: 60_000 }, () => {
  const rest = createBinanceRest('https://api.binance.com');
  const named = { orderId: '7' };
  checkAnswers(ANSWERS, [
    ...[rest.cancelOrder('A', named), rest.order('A', named), rest.openOrders(), rest.finishedOrders('A', 1)],
    ...[rest.fills(1, undefined, 'A'), rest.positions(), rest.balances()],
  ]);
});

it('what is signed is what is sent', () => {
  const { target } = withSignature({ method: 'GET', target: '/a?symbol=%E5%B8%81%20x', body: '' }, CREDENTIALS, 1);
  expect(target).toMatch(/^\/a\?symbol=%E5%B8%81\+x&recvWindow=5000&timestamp=1&signature=/);
});
