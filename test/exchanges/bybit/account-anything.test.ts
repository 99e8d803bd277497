import { it } from 'vitest';
import { createAccountReader } from '../../../src/exchanges/bybit/account-normalize.ts';
import { createBybitRest } from '../../../src/exchanges/bybit/account-rest.ts';
import { checkAnswers, checkFrames } from '../account/anything.ts';
import { answerOf, EXECUTION_ROW, ORDER_ROW, POSITION_ROW, pushOf, refusalOf, WALLET_ROW } from './account-frames.ts';

const FRAMES = [
  pushOf('order.linear', [ORDER_ROW, { ...ORDER_ROW, orderStatus: 'Cancelled' }]),
  pushOf('execution.linear', [EXECUTION_ROW]),
  pushOf('position.linear', [POSITION_ROW, { ...POSITION_ROW, positionIdx: 1 }, { ...POSITION_ROW, positionIdx: 2 }]),
  pushOf('wallet', [WALLET_ROW]),
  '{"success":true,"ret_msg":"","op":"auth","conn_id":"c"}',
  '{"success":false,"ret_msg":"Params Error","op":"auth","conn_id":"c"}',
  '{"success":true,"ret_msg":"","op":"subscribe","req_id":"orders","conn_id":"c"}',
  '{"success":false,"ret_msg":"No.","op":"subscribe","req_id":"orders","conn_id":"c"}',
  '{"success":false,"ret_msg":"No.","op":"subscribe","req_id":"7","conn_id":"c"}',
];
const ANSWERS = [
  answerOf([ORDER_ROW]),
  answerOf([EXECUTION_ROW], 'page_token%3D39380%26'),
  answerOf([POSITION_ROW]),
  answerOf([WALLET_ROW]),
  answerOf([]),
  refusalOf(110_001),
  refusalOf(170_131),
];

it('whatever the private socket says is read without a fault', { timeout: 60_000 }, () => {
  checkFrames(FRAMES, () => createAccountReader('linear'), [
    ...(['LOGGED_IN', 'LOGIN_REFUSED', 'SUBSCRIBED', 'REFUSED', 'ORDER', 'POSITION', 'BALANCE'] as const),
    ...(['TROUBLE', 'UNREADABLE'] as const),
  ]);
});

it('whatever is answered over REST is read without a fault', { timeout: 60_000 }, () => {
  const rest = createBybitRest('https://api.bybit.com', 'linear');
  const named = { orderId: '7' };
  checkAnswers(ANSWERS, [
    ...[rest.cancelOrder('A', named), rest.order('A', named), rest.openOrders(), rest.finishedOrders('linear', 1)],
    ...[rest.fills(1), rest.balances(), ...(rest.positionPages === undefined ? [] : [rest.positionPages()])],
  ]);
});
