import fc from 'fast-check';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { decoded, pythonDocument, pythonOrder, pythonTrade } from './qifi-documents.ts';

/** 2026-11-20, the day of the first document. */
export const FIRST_DAY = Date.UTC(2026, 10, 20);
/** When the first order was inserted, in milliseconds since the epoch. */
export const FIRST_INSERTION = FIRST_DAY + 3_600_000;
const DAY_MS = 86_400_000;
const VOLUME = 5;

interface Step {
  readonly order: number;
  readonly does: 'FILL' | 'SAY' | 'CANCEL' | 'REJECT' | 'SETTLE';
  readonly word: string;
  /** Whether the writer tells of a fill before it tells of the trade. */
  readonly isLate: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    order: fc.integer({ min: 0, max: 3 }),
    does: fc.constantFrom('FILL', 'FILL', 'FILL', 'SAY', 'SAY', 'CANCEL', 'REJECT', 'SETTLE'),
    word: fc.constantFrom('已报', '未成交', 'queued'),
    isLate: fc.boolean(),
  }),
  { minLength: 1, maxLength: 16 },
);

interface WrittenOrder {
  readonly orderId: string;
  readonly number: number;
  filled: number;
  status: string;
  word: string;
}

/**
 * Everything that the Python writer of an account may have stored, one state after the other: orders are filled in parts,
 * their messages change back and forth, they are cancelled, whereby what was filled of them is forgotten, or refused; a
 * settlement clears all maps, whatever still works.
 */
export const documentHistories: fc.Arbitrary<readonly AccountDocument[]> = steps.map((life) => {
  const orders = new Map<number, WrittenOrder>();
  const trades = new Map<string, object>();
  let [day, inserted] = [0, 0];
  const states: AccountDocument[] = [];
  const write = (): void => void states.push(documentOf(day, [...orders.values()], [...trades.values()]));
  write();
  for (const { order: number, does, word, isLate } of life) {
    if (does === 'SETTLE') {
      orders.clear();
      trades.clear();
      day += 1;
      write();
      continue;
    }
    const order = orders.get(number) ?? {
      orderId: `order-${inserted}`,
      number: inserted++,
      ...{ filled: 0, status: 'ALIVE', word: '已报' },
    };
    orders.set(number, order);
    if (order.status === 'ALIVE' && does === 'FILL') {
      order.filled += 1;
      if (order.filled === VOLUME) Object.assign(order, { status: 'FINISHED', word: '全部成交' });
      if (isLate) write();
      const tradeId = `${order.orderId}-${order.filled}`;
      trades.set(tradeId, tradeOf(order, tradeId));
    } else if (order.status === 'ALIVE' && does === 'SAY') order.word = word;
    else if (order.status === 'ALIVE' && does === 'CANCEL') Object.assign(order, { status: 'CANCEL', word: '已撤单' });
    else if (order.status === 'ALIVE' && order.filled === 0) {
      Object.assign(order, { status: 'FINISHED', word: '已撤单报单被拒绝' });
    }
    write();
  }
  return states;
});

/** What somebody sees who looks now and then: in order, some states more than once, some never, the last one for certain. */
export function seen<State>(states: readonly State[]): fc.Arbitrary<readonly State[]> {
  const looks = fc.array(fc.integer({ min: 0, max: states.length - 1 }), { maxLength: 2 * states.length });
  return looks.map((at) =>
    [...at.toSorted((a, b) => a - b), states.length - 1].flatMap((index) => states[index] ?? []),
  );
}

function documentOf(day: number, orders: readonly WrittenOrder[], trades: readonly object[]): AccountDocument {
  const raw = pythonDocument({
    account_cookie: 'a',
    trading_day: new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10),
    orders: orders.map(rawOrder),
    trades,
  });
  return decoded(raw, 'REALTIME');
}

function rawOrder({ orderId, number, filled, status, word }: WrittenOrder): object {
  return pythonOrder({
    order_id: orderId,
    status,
    volume_orign: VOLUME,
    volume_left: status === 'CANCEL' ? 0 : VOLUME - filled,
    last_msg: word,
    insert_date_time: nanos(number),
  });
}

function tradeOf({ orderId, number, filled }: WrittenOrder, tradeId: string): object {
  const trade_date_time = nanos(number + filled / 10);
  return pythonTrade({ trade_id: tradeId, order_id: orderId, volume: 1, price: 3500 + filled, trade_date_time });
}

function nanos(minutes: number): object {
  return { $numberLong: String(BigInt(FIRST_INSERTION + minutes * 60_000) * 1_000_000n) };
}
