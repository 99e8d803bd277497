import { Decimal128, type Document, Long } from 'mongodb';
import type { MongoServer } from './mongo.ts';
import {
  insertShapes,
  mark,
  pythonOrder,
  pythonPosition,
  pythonState,
  pythonTrade,
  type QuantaxisCollections,
} from './quantaxis-database.ts';

const EMPTY = { positions: {}, trades: {}, orders: {} };
const LONG_NAME = 'k'.repeat(10_000);

/** Names that no account can have, by the `_id` of their documents. */
const UNNAMED: Readonly<Record<string, Document>> = {
  'cookie missing': {},
  'cookie null': { account_cookie: null },
  'cookie number': { account_cookie: 133497 },
  'cookie array': { account_cookie: ['ghost', 'ghost 2'] },
  'cookie object': { account_cookie: { name: 'ghost' } },
  'cookie long': { account_cookie: LONG_NAME },
  'cookie control': { account_cookie: 'bell\u0007' },
  'cookie blank': { account_cookie: '  ' },
};
export const UNNAMED_DOCUMENTS = Object.entries(UNNAMED).map(([_id, cookie], index) => {
  const { account_cookie: _, ...state } = pythonState('x', { ...EMPTY, trading_day: `2026-11-0${index + 1}` });
  return { _id, ...state, ...cookie } as Document;
});

/** A document of no use at the level of `accounts`, behind a good one. */
export const UNUSABLE_ACCOUNTS: readonly unknown[] = [5, 'text', [], [{ balance: 1 }], null, true];

const deep = (levels: number): Document => (levels === 0 ? {} : { d: deep(levels - 1) });

/** As JSON has it, so that `__proto__` is a key like any other. */
const ODD_KEYS: Document = JSON.parse(
  JSON.stringify(
    Object.fromEntries(
      ['__proto_', 'constructor', 'toString', '', 'a b', 'SHFE.rb2101', '$gt'].map((key, index) => [
        key,
        pythonPosition({ instrument_id: `rb210${index + 1}` }),
      ]),
    ),
  ).replace('__proto_', '__proto__'),
);

/** Documents that hold what no writer should write, as far as the server holds it. */
export async function fillNonsense(
  server: MongoServer,
  { history, account, marks }: QuantaxisCollections,
): Promise<void> {
  const { positions: _, ...noPositions } = pythonState('bare', { trading_day: '2026-11-18' });
  await insertShapes(history, server, [
    ...UNNAMED_DOCUMENTS,
    pythonState('good', { trading_day: '2026-11-18' }),
    ...UNUSABLE_ACCOUNTS.flatMap((accounts, index) => [
      pythonState(`unusable ${index}`, { ...EMPTY, trading_day: '2026-11-17' }),
      { ...pythonState(`unusable ${index}`, { ...EMPTY, trading_day: '2026-11-18' }), accounts },
      {
        ...pythonState(`useless ${index}`, EMPTY),
        _id: `useless ${index}`,
        trading_day: '2026-11-18',
        accounts,
      } as Document,
    ]),
    pythonState('figures', {
      ...{ _id: 'figures', trading_day: '2026-11-18', ...EMPTY },
      ...{ updatetime: 'yesterday', portfolio: { name: 'p' }, broker_name: 'b'.repeat(300), status: 'fine' },
      accounts: {
        ...{ balance: '100096.50', available: ' 1e3 ', margin: Long.fromString('9007199254740993') },
        ...{ deposit: null, withdraw: '', close_profit: 'abc', float_profit: true, commission: { n: 1 } },
        ...{ premium: [1], currency: { code: 'CNY' }, pre_balance: Long.fromNumber(100), risk_ratio: undefined },
      },
    }),
    pythonState('maps', {
      ...{ _id: 'maps', trading_day: '2026-11-18' },
      positions: { a: 5, b: { instrument_id: '' }, c: deep(80), d: [pythonPosition()], e: pythonPosition() },
      trades: 5,
      orders: {
        a: { ...pythonOrder(), order_id: undefined },
        b: null,
        c: pythonOrder({ direction: 'UP', towards: 0 }),
      },
    }),
    pythonState('lists', {
      ...{ trading_day: '2026-11-18', positions: [pythonPosition()], trades: [pythonTrade()] },
      orders: [pythonOrder(), 7],
    }),
    noPositions,
    // Keys of all three writers, and the literal exchange of the Python writer's stocks.
    pythonState('writers', {
      trading_day: '2026-11-18',
      positions: {
        m2101: pythonPosition({ exchange_id: '', instrument_id: 'm2101' }),
        DCE_j2101: pythonPosition({ exchange_id: 'DCE', instrument_id: 'j2101' }),
        'SHFE.rb2101': pythonPosition({ instrument_id: 'rb2101' }),
        'stock_cn.000001': pythonPosition({ exchange_id: 'stock_cn', instrument_id: '000001' }),
      },
    }),
    pythonState('entries', {
      ...{ _id: 'entries', trading_day: '2026-11-18' },
      positions: {
        p: pythonPosition({ volume_long: 'many', exchange_id: {} }),
        again: pythonPosition({ exchange_id: {} }),
      },
      trades: { t: pythonTrade({ price: 'high', trade_date_time: '2020-01-16', volume: false }) },
      orders: { o: pythonOrder({ limit_price: 'low', price: undefined, insert_date_time: -1, volume_left: {} }) },
    }),
    ...Array.from({ length: 25 }, (_, index) =>
      pythonState(`many ${String(index).padStart(2, '0')}`, {
        ...{ trading_day: '2026-11-18', portfolio: 'many', ...EMPTY },
        accounts: { balance: index === 24 ? 24 : 'many' },
      }),
    ),
  ]);
  await insertShapes(account, server, [
    ...UNNAMED_DOCUMENTS,
    pythonState('good', { trading_day: '2026-11-18' }),
    { ...pythonState('good running', {}), trading_day: 'gestern' },
  ]);
  await marks.insertMany([
    mark('good', '2026-11-16 10:00:00_5', 1),
    { ...mark('good', '2026-11-16 29:00:00', 2), _id: 'late mark' } as Document,
    { ...mark('good', 20261117, 3), _id: 'numbered mark' } as Document,
    { ...mark('good', '2026-11-16 11:00:00', 'much'), _id: 'text mark' } as Document,
    { ...mark('good', '2026-11-17 11:00:00', 0), accounts: 5, _id: 'empty mark' } as Document,
    mark('good', '2026-11-17 10:00:00', '4.5'),
  ] as Document[]);
  if (server.holdsAllShapes) {
    await insertShapes(history, server, [
      pythonState('keys', { trading_day: '2026-11-18', positions: ODD_KEYS }),
      ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((figure, index) =>
        pythonState(`nan ${index}`, {
          ...{ _id: `nan ${index}`, trading_day: '2026-11-18', portfolio: 'nan' },
          accounts: { balance: figure, margin: figure },
          positions: { p: pythonPosition({ last_price: figure }) },
          trades: { t: pythonTrade({ price: figure }) },
          orders: { o: pythonOrder({ limit_price: figure, price: figure }) },
        }),
      ),
      pythonState('decimal', {
        ...{ trading_day: '2026-11-18', positions: {} },
        accounts: { balance: Decimal128.fromString('100096.50'), margin: Decimal128.fromString('1E+3') },
        trades: {
          t: pythonTrade({ price: Decimal128.fromString('3500.10'), volume: Decimal128.fromString('NaN') }),
        },
        orders: { o: pythonOrder({ limit_price: Decimal128.fromString('3500.10') }) },
      }),
    ]);
    await marks.insertMany([mark('good', '2026-11-17 12:00:00', Number.NaN)]);
  }
}
