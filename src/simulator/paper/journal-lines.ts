import { z } from 'zod';
import { quoted } from '../../domain/errors.ts';
import { ORDER_STATES } from '../../exchanges/okx/account-dialect.ts';
import type { AccountEvent, AccountSnapshot, Cash, PaperFill, PaperOrder } from './account-state.ts';
import type { PaperPosition } from './position.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'wanted decimal text');
const amount = z.string().regex(/^\d+(\.\d+)?$/, 'wanted decimal text that is not negative');
const amountOrNone = z.union([z.literal(''), amount], 'wanted decimal text or nothing');
/** Ids are counted with, too. */
const id = z.string().regex(/^\d{1,16}$/, 'wanted an id of digits');
const count = z.int().nonnegative();
const time = z.number().nonnegative();
const instId = z.string().min(1);
const side = z.enum(['buy', 'sell']);

const fill: z.ZodType<PaperFill> = z.object({
  instId,
  ordId: id,
  clOrdId: z.string(),
  tradeId: id,
  billId: id,
  side,
  px: amount,
  sz: amount,
  execType: z.enum(['T', 'M']),
  fee: decimal,
  feeCcy: z.string().min(1),
  pnl: decimal,
  at: time,
});

const order: z.ZodType<PaperOrder> = z.object({
  instId,
  ordId: id,
  clOrdId: z.string(),
  tag: z.string(),
  side,
  ordType: z.enum(['limit', 'market', 'post_only', 'ioc', 'fok']),
  tdMode: z.string(),
  tgtCcy: z.enum(['', 'base_ccy', 'quote_ccy']),
  px: amountOrNone,
  sz: amount,
  reduceOnly: z.boolean(),
  state: z.enum(ORDER_STATES),
  filled: amount,
  cost: amount,
  fee: decimal,
  pnl: decimal,
  lastFill: fill.nullable(),
  cancelSource: z.string(),
  cancelSourceReason: z.string(),
  createdAt: time,
  updatedAt: time,
});

const position: z.ZodType<PaperPosition> = z.object({
  instId,
  posId: id,
  pos: decimal,
  avgPx: amountOrNone,
  realizedPnl: decimal,
  createdAt: time,
  updatedAt: time,
});

const cash: z.ZodType<Cash> = z.object({ amount: decimal, updatedAt: time });

const snapshot: z.ZodType<AccountSnapshot> = z.object({
  lastId: count,
  lastTradeIds: z.record(z.string(), count),
  orders: z.array(order),
  fills: z.array(fill),
  cash: z.record(z.string(), cash),
  positions: z.array(position),
});

const events: z.ZodType<AccountEvent[]> = z.array(
  z.discriminatedUnion(
    'type',
    [
      z.object({ type: z.literal('OPENED'), balances: z.record(z.string(), decimal), at: time }),
      z.object({ type: z.literal('PLACED'), order }),
      z.object({ type: z.literal('FILLED'), fill, isLast: z.boolean() }),
      z.object({ type: z.literal('CANCELLED'), ordId: id, source: z.string(), reason: z.string(), at: time }),
      z.object({ type: z.literal('FORGOTTEN'), ordIds: z.array(id) }),
    ],
    'wanted an event of the account',
  ),
);

/** The first line of a journal. Throws an Error that says what is wrong with it. */
export function parseSnapshot(line: string): AccountSnapshot {
  return parse(snapshot, line);
}

/** Any other line: what one act brought about. Throws an Error that says what is wrong with it. */
export function parseEvents(line: string): readonly AccountEvent[] {
  return parse(events, line);
}

function parse<Value>(schema: z.ZodType<Value>, line: string): Value {
  const parsed = schema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new Error(`${where === '' ? '' : `${where.slice(0, 100)}: `}${issue?.message ?? 'unreadable'}`);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`received ${quoted(line)}, wanted JSON`);
  }
}
