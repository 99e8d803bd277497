import { isObject, type JsonObject } from '../../domain/json-text.ts';
import { ACCOUNT_CHANNELS } from '../../domain/live-account.ts';
import type { AccountEvent } from '../venue-account.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { LOGIN_ID, parseExactObject } from './account-dialect.ts';
import { readBalance, readExecutionReport } from './account-rows.ts';
import { SERVER_SHUTDOWN } from './dialect.ts';

/** Whose events say nothing that others do not say better: a difference of a balance, whose sum comes along, and lists of orders. */
const PASSED_OVER: readonly unknown[] = ['balanceUpdate', 'externalLockUpdate', 'listStatus'];

/**
 * What a frame says of the account: the answer to the login, which subscribes to all there is, or an event.
 * https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream
 */
export function* readAccountFrame(text: string): Generator<AccountEvent, void, undefined> {
  const message = parseExactObject(text);
  if (message === undefined) return yield unreadable(text, 'an object');
  const { event } = message;
  if (isObject(event)) return yield* readEvent(event, text);
  if (message.id === LOGIN_ID) return yield* readLogin(message);
  if (isObject(message.error)) return yield { type: 'TROUBLE', reason: reasonOf(message.error) };
  yield unreadable(text, 'an event or the answer to the login');
}

function* readLogin(message: JsonObject): Generator<AccountEvent, void, undefined> {
  if (message.status !== '200') return yield { type: 'LOGIN_REFUSED', reason: reasonOf(message.error) };
  yield { type: 'LOGGED_IN' };
  // There are no positions of a spot account, and so no news of them.
  for (const channel of ACCOUNT_CHANNELS) yield { type: 'SUBSCRIBED', channel };
}

function* readEvent(event: JsonObject, text: string): Generator<AccountEvent, void, undefined> {
  if (PASSED_OVER.includes(event.e)) return;
  switch (event.e) {
    case 'executionReport': {
      const reading = readExecutionReport(event);
      if ('value' in reading) return yield { type: 'ORDER', report: reading.value };
      return yield unreadable(text, reading.wanted);
    }
    case 'outboundAccountPosition':
      return yield* readBalances(event, text);
    case 'eventStreamTerminated':
      return yield { type: 'CLOSING', reason: 'it has ended the stream of the account' };
    case SERVER_SHUTDOWN:
      return yield { type: 'CLOSING', reason: 'its server is about to shut down' };
    default:
      yield unreadable(text, 'a known event');
  }
}

function* readBalances({ B: balances }: JsonObject, text: string): Generator<AccountEvent, void, undefined> {
  if (!Array.isArray(balances)) return yield unreadable(text, 'balances');
  for (const row of balances) {
    const reading = isObject(row) ? readBalance(row.a, row.f, row.l) : { wanted: 'a balance' };
    if ('value' in reading) yield { type: 'BALANCE', balance: reading.value };
    else yield unreadable(JSON.stringify(row), reading.wanted);
  }
}

function reasonOf(error: unknown): string {
  if (!isObject(error)) return 'it did not say why';
  return `${textOf(error.code)} ${textOf(error.msg)}`.trim();
}
