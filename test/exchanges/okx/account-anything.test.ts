import { it } from 'vitest';
import { writeAnswer } from '../../../src/exchanges/okx/account-dialect.ts';
import { createAccountReader } from '../../../src/exchanges/okx/account-normalize.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { checkAnswers, checkFrames } from '../account/anything.ts';
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

const BALANCES = { uTime: '1', details: [BALANCE_DETAIL] };
const ACKNOWLEDGEMENT = { ordId: '7', clOrdId: 'desk0001', sCode: '0', sMsg: '' };
const FRAMES: readonly string[] = [
  pushOf(ORDERS, [ORDER_ROW, { ...ORDER_ROW, tradeId: '' }]),
  pushOf(POSITIONS, [POSITION_ROW, { ...POSITION_ROW, posSide: 'short', availPos: '1' }], 'snapshot'),
  pushOf(ACCOUNT, [BALANCES], 'event_update'),
  '{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}',
  '{"event":"error","code":"60009","msg":"Login failed.","connId":"a4d3ae55"}',
  '{"event":"subscribe","arg":{"channel":"orders","instType":"ANY"},"connId":"a4d3ae55"}',
  '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}',
];
const ANSWERS: readonly string[] = [
  ...[[ORDER_ROW], [FILL_ROW], [POSITION_ROW], [BALANCES], [ACKNOWLEDGEMENT]].map((rows) => writeAnswer(rows)),
  writeAnswer([], '51008', 'No.'),
  writeAnswer([], '51603', 'Order does not exist'),
];

it('whatever the private socket says is read without a fault', { timeout: 60_000 }, () => {
  checkFrames([...FRAMES, ...ANSWERS], createAccountReader, [
    ...(['LOGGED_IN', 'LOGIN_REFUSED', 'SUBSCRIBED', 'ORDER', 'POSITION', 'BALANCE'] as const),
    ...(['TROUBLE', 'CLOSING', 'UNREADABLE'] as const),
  ]);
});

it('whatever is answered over REST is read without a fault', { timeout: 60_000 }, () => {
  const rest = findVenue('okx')?.account?.rest;
  if (rest === undefined) throw new Error('wanted an account');
  const named = { orderId: '7' };
  checkAnswers(
    [...FRAMES, ...ANSWERS],
    [
      ...[rest.cancelOrder('A', named), rest.order('A', named), rest.openOrders(), rest.finishedOrders('SPOT', 1)],
      ...[rest.fills(1), rest.positions(), rest.balances()],
    ],
  );
});
