import fc from 'fast-check';
import { Binary, BSON, Code, DBRef, Decimal128, Double, Int32, Long, MinKey, ObjectId, Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { decodeFills } from '../../src/domain/qifi-fills.ts';
import { decodeOrders } from '../../src/domain/qifi-orders.ts';
import { decodeOwner, type QifiOwner } from '../../src/domain/qifi-owner.ts';
import { decodeEquityRow, decodeMark } from '../../src/domain/qifi-series.ts';
import { decodeState } from '../../src/domain/qifi-state.ts';
import { idText, plainValue } from '../../src/domain/qifi-values.ts';
import { pythonDocument } from '../support/qifi-documents.ts';

const origin = { collection: 'quantaxis.history', documentId: '5e20c2f1' };
const owner: QifiOwner = { source: 'HISTORY', accountCookie: 'a', tradingDay: null };

const bytes = fc.uint8Array({ maxLength: 20 });
const ofTheDriver = fc.oneof(
  bytes.map((each) => new Binary(each)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((each) => new Decimal128(each)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((each) => Long.fromBigInt(each)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((each) => new ObjectId(each)),
  fc.integer().map((each) => new Int32(each)),
  fc.double().map((each) => new Double(each)),
  fc.nat().map((each) => new Timestamp({ t: each, i: 1 })),
  fc.constantFrom<unknown>(new MinKey(), new Code('return 1', {}), new DBRef('a', new ObjectId('0'.repeat(24)))),
);
const leaf = fc.oneof(
  ...[fc.jsonValue(), fc.bigInt(), fc.double(), bytes, ofTheDriver, fc.date({ noInvalidDate: false })],
  fc.constantFrom<unknown>(undefined, Number.NaN, Number.NEGATIVE_INFINITY, -0, /x/g, '\ud800', '\0', '9'.repeat(400)),
);

const FIELDS = ['account_cookie', 'accounts', 'trading_day', 'updatetime', 'positions', 'trades', 'orders', 'event'];
const INNER = ['instrument_id', 'balance', 'price', 'volume', 'direction', 'order_id', 'trade_id', 'trade_date_time'];
const WRAPPERS = ['$numberLong', '$date', '$numberDecimal', '_bsontype', '__proto__', 'toString', 'constructor', 'a.b'];
const key = fc.oneof(fc.constantFrom(...FIELDS, ...INNER, ...WRAPPERS), fc.string({ maxLength: 5 }));

/** Objects whose keys are own ones whatever they are called, as JSON.parse and the driver make them. */
const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
  anything: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('anything'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('anything')), { maxLength: 8 }).map(objectOf),
  ),
}));

function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** A good document in which anything stands where a field, or a field of an entry, should be. */
const almostGood = fc
  .tuple(fc.constantFrom(...FIELDS), fc.option(fc.constantFrom(...INNER), { nil: undefined }), anything)
  .map(([field, inner, value]) => {
    const good = pythonDocument();
    if (inner === undefined) return { ...good, [field]: value };
    const entry = { instrument_id: 'a', order_id: 'b', trade_id: 'c', direction: 'BUY', balance: 1, [inner]: value };
    return { ...good, [field]: field === 'accounts' ? entry : { [inner]: entry } };
  });

const KINDS = ['DECODED', 'SKIPPED', 'REFUSED'];

describe('the decoders of QIFI documents', () => {
  it('never throw, whatever they are given, and say nothing that JSON cannot carry', () => {
    fc.assert(
      fc.property(fc.oneof(anything, almostGood), fc.constantFrom('HISTORY', 'REALTIME'), (document, source) => {
        const whole = decodeQifi(document, source, origin);
        const answers = [whole, decodeState(document, source, origin), decodeOwner(document, source)];
        const rows = [decodeEquityRow(document, origin), decodeMark(document)];
        for (const { kind } of [...answers, ...rows]) expect(KINDS).toContain(kind);
        const lists = [decodeFills(document, owner, origin), decodeOrders(document, owner, origin)];
        const written = [whole, ...answers, ...rows, ...lists];
        expect(JSON.parse(JSON.stringify(written, textOfBigInt))).toEqual(withoutUndefined(written));
      }),
    );
  });

  it('name every figure that they make null, and none that they do not', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const document = { ...pythonDocument(), accounts: { balance: value, margin: 1 } };
        const answer = decodeQifi(document, 'HISTORY', origin);
        if (answer.kind !== 'DECODED') throw new Error(answer.reason);
        const { balance, faults } = answer.document.snapshot;
        const isAbsent = value === undefined || value === null || value === '' || plainValue(value) === '';
        expect(balance === null).toBe(isAbsent || faults !== undefined);
        expect(Object.keys(faults?.reasons ?? {})).toEqual(faults === undefined ? [] : ['balance']);
      }),
    );
  });

  it('read what the driver makes of a stored document as they read the document', () => {
    const stored = pythonDocument({ account_cookie: 'a', updatetime: new Date(0) });
    const nanoseconds = 1579141800112232960n;
    const trades = { a: { trade_id: 't', instrument_id: 'rb2005', direction: 'BUY', trade_date_time: nanoseconds } };
    const written = BSON.serialize({ ...stored, trades });
    for (const options of [{ useBigInt64: true }, {}, { promoteLongs: false }, { promoteValues: false }]) {
      const document = BSON.deserialize(written, options);
      const answer = decodeQifi(document, 'HISTORY', origin);
      expect(answer).toMatchObject({ kind: 'DECODED', issues: [], leftOut: [] });
      if (answer.kind !== 'DECODED') return;
      expect(answer.document.snapshot).toMatchObject({ balance: 100096.5, deposit: 100000, updatedAt: -28_800_000 });
      expect(answer.document.trades).toMatchObject([{ tradedAtNanos: nanoseconds }]);
    }
  });

  it.each([
    [Long.fromString('9223372036854775807'), 9223372036854775807n],
    [Long.fromString('-1'), -1n],
    [Long.fromString('18446744073709551615', true), 18446744073709551615n],
    [Decimal128.fromString('64250.1000'), '64250.1000'],
    [new Int32(-5), -5],
    [new Double(0.25), 0.25],
  ])('take %o for the number that it is', (value, plain) => {
    expect(plainValue(value)).toEqual(plain);
  });

  it.each([
    new ObjectId('0'.repeat(24)),
    new Binary(new Uint8Array(3)),
    Object.assign(Long.fromInt(1), { low: 'no number' }),
    Object.assign(Long.fromInt(1), { low: 0.5, high: 0.5 }),
    Object.assign(new Int32(1), { value: 'no number' }),
  ])('take %o for no number', (value) => {
    expect(plainValue(value)).toBe(value);
  });

  it.each([
    [new ObjectId('5e20c2f1a1b2c3d4e5f60718'), '5e20c2f1a1b2c3d4e5f60718'],
    ['desk-1/2020-01-16', 'desk-1/2020-01-16'],
    ['x'.repeat(5000), 'x'.repeat(128)],
    [Long.fromString('9007199254740993'), '9007199254740993'],
    [7, '7'],
    [{ toString: 1, secret: 2 }, 'an object'],
    [Object.assign(new ObjectId('5e20c2f1a1b2c3d4e5f60718'), { toString: 1 }), 'an object'],
    [undefined, 'undefined'],
  ])('write the id %o of a document as %s', (id, text) => {
    expect(idText(id)).toBe(text);
  });

  it('take bytes, however long, for no map', () => {
    const { leftOut } = decodeFills({ trades: new Uint8Array(50_000_000) }, owner);
    expect(leftOut).toEqual(['trades: received an object, wanted a map']);
  });
});

function textOfBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** What JSON carries: texts, finite numbers, booleans, null, lists and objects of them. Bigints are texts. */
function withoutUndefined(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutUndefined(each)]));
}
