import { quoted } from '../../domain/errors.ts';
import { isObject, type JsonObject, parseObject } from '../../domain/json-text.ts';
import { joinLegs, keepLeg, type LegsBySymbol } from '../position-legs.ts';
import type { AccountEvent, AccountFrameReader } from '../venue-account.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { channelOf, OK } from './account-dialect.ts';
import { readBalanceDetail, readOrderRow } from './account-rows.ts';
import { CLOSING_FOR_UPGRADE, NO_SUCH_CHANNEL } from './dialect.ts';
import { readPositionRow } from './position-legs.ts';

/** Keys, clock, signature or passphrase are wrong; of REST's codes those that are about the key. */
const LOGIN_REFUSALS = /^(6000[1-9]|60024|60032|501\d\d)$/;

/** A reader of one connection of the private socket. */
export function createAccountReader(): AccountFrameReader {
  const legs: LegsBySymbol = new Map();
  return (text) => readFrame(text, legs);
}

function* readFrame(text: string, legs: LegsBySymbol): Generator<AccountEvent, void, undefined> {
  const message = parseObject(text);
  if (message === undefined) return yield unreadable(text, 'an object');
  if (message.event !== undefined) {
    const event = readEvent(message, text);
    return event === undefined ? undefined : yield event;
  }
  const { arg, data } = message;
  if (!Array.isArray(data)) return yield unreadable(text, 'arg and data');
  switch (channelOf(arg)) {
    case 'orders':
      return yield* readOrders(data);
    case 'positions':
      return yield* readPositions(data, legs);
    case 'balances':
      return yield* readAccount(data);
    default:
      return yield unreadable(text, 'a channel that was subscribed to');
  }
}

/** What the venue says of the connection; undefined for what needs no answer. */
function readEvent(message: JsonObject, text: string): AccountEvent | undefined {
  switch (message.event) {
    case 'login':
      return message.code === OK ? { type: 'LOGGED_IN' } : { type: 'LOGIN_REFUSED', reason: reasonOf(message) };
    case 'subscribe': {
      const channel = channelOf(message.arg);
      return channel === undefined ? unreadable(text, 'a channel of ours') : { type: 'SUBSCRIBED', channel };
    }
    // We never ask for it; without the channel this connection is of no use.
    case 'unsubscribe':
      return { type: 'CLOSING', reason: `it does not serve ${quoted(channelOf(message.arg) ?? '')} any more` };
    case 'error':
      return readError(message);
    case 'channel-conn-count':
      return undefined;
    case 'channel-conn-count-error':
      return {
        type: 'TROUBLE',
        reason: `too many connections with the channel ${quoted(textOf(message.channel))}`,
      };
    case 'notice':
      if (message.code === CLOSING_FOR_UPGRADE) return { type: 'CLOSING', reason: textOf(message.msg) };
      return unreadable(text, `the notice ${CLOSING_FOR_UPGRADE}`);
    default:
      return unreadable(text, 'a known event');
  }
}

function readError(message: JsonObject): AccountEvent {
  const reason = reasonOf(message);
  if (LOGIN_REFUSALS.test(textOf(message.code))) return { type: 'LOGIN_REFUSED', reason };
  const [, named] = /channel:([a-z_-]{1,64})/.exec(textOf(message.msg)) ?? [];
  const channel = channelOf(message.arg) ?? channelOf({ channel: named });
  // Whatever else went wrong passes: the channel is asked for again when its acknowledgement does not come.
  if (message.code !== NO_SUCH_CHANNEL || channel === undefined) return { type: 'TROUBLE', reason };
  return { type: 'REFUSED', channel, reason };
}

/** Without the request that the venue may quote: one of them has the passphrase. */
function reasonOf({ code, msg }: JsonObject): string {
  const [said = ''] = textOf(msg).split('{', 1);
  return `${textOf(code)} ${said}`.trim();
}

function* readOrders(rows: readonly unknown[]): Generator<AccountEvent, void, undefined> {
  for (const row of rows) {
    const reading = readOrderRow(row);
    if ('value' in reading) yield { type: 'ORDER', report: reading.value };
    else yield unreadable(JSON.stringify(row), reading.wanted);
  }
}

/** Each instrument once, when all legs of the push are known: else what is half told looks like a state. */
function* readPositions(rows: readonly unknown[], legs: LegsBySymbol): Generator<AccountEvent, void, undefined> {
  const touched = new Set<string>();
  for (const row of rows) {
    const leg = readPositionRow(row);
    if (leg === undefined) {
      yield unreadable(JSON.stringify(row), 'a position with instId and pos');
      continue;
    }
    touched.add(leg.symbol);
    keepLeg(leg, legs);
  }
  for (const symbol of touched) {
    const held = legs.get(symbol);
    yield { type: 'POSITION', position: joinLegs(symbol, [...(held?.values() ?? [])]) };
  }
}

function* readAccount(rows: readonly unknown[]): Generator<AccountEvent, void, undefined> {
  for (const row of rows) {
    const details = isObject(row) && Array.isArray(row.details) ? row.details : [row];
    for (const detail of details) {
      const reading = readBalanceDetail(detail);
      if ('value' in reading) yield { type: 'BALANCE', balance: reading.value };
      else yield unreadable(JSON.stringify(detail), reading.wanted);
    }
  }
}
