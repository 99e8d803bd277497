import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { day } from '../support/bars.ts';
import { driverDecimal } from '../support/driver-decimal.ts';
import { decoded, decodedWithIssues, pythonDocument, qatraderDocument } from '../support/qifi-documents.ts';

const reasonOf = (document: unknown): string => {
  const answer = decodeQifi(document, 'HISTORY');
  return answer.kind === 'REFUSED' ? answer.reason : answer.kind;
};

describe('decodeQifi', () => {
  it('reads a state of the Python writer', () => {
    const { document, issues } = decodedWithIssues(pythonDocument(), 'REALTIME');
    expect(issues).toEqual([]);
    expect(document.snapshot).toMatchObject({
      source: 'REALTIME',
      accountCookie: 'cta_rb_5min',
      portfolio: 'cta',
      brokerName: 'QAPaperTrading',
      currency: 'CNY',
      connectionStatus: 'CONNECTED',
      tradingDay: day('2020-01-16'),
      updatedAt: null,
      preBalance: 0,
      deposit: 100000,
      withdrawQuota: 0,
      closeProfit: -3.5,
      commission: 3.5015,
      balance: 100096.5,
      margin: 3150,
      available: 96850,
      riskRatio: 0.03243370147807367,
    });
    expect(document.snapshot.positions).toHaveLength(1);
    expect(document.trades).toHaveLength(1);
    expect(document.orders).toHaveLength(1);
  });

  it('reads a settled day of QATrader, with null for what it leaves out', () => {
    const { document, issues } = decodedWithIssues(qatraderDocument());
    expect(issues).toEqual([]);
    expect(document.snapshot).toMatchObject({
      accountCookie: '133496',
      connectionStatus: 'CLOSED',
      tradingDay: day('2020-01-16'),
      updatedAt: Date.UTC(2020, 0, 16, 12, 59, 1, 118),
      balance: 1003396.1,
      deposit: null,
      withdrawQuota: null,
    });
    expect(document.trades).toEqual([]);
  });

  it('reads only what it asks for, so that no secret gets in', () => {
    const text = JSON.stringify(decoded(pythonDocument()), (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).toContain('cta_rb_5min');
    expect(text).not.toContain('secret');
  });

  it('takes fills and orders to be of the account and day of the document', () => {
    const { trades, orders } = decoded(pythonDocument());
    const owner = { source: 'HISTORY', accountCookie: 'cta_rb_5min', tradingDay: day('2020-01-16') };
    expect(trades[0]).toMatchObject(owner);
    expect(orders[0]).toMatchObject(owner);
  });

  it.each([
    [100, 'RESTART_WANTED'],
    [200, 'CONNECTED'],
    ['200', 'CONNECTED'],
    [{ $numberInt: '500' }, 'CLOSED'],
    [{ $numberLong: '600' }, 'LOGIN_REFUSED'],
    [300, 'UNKNOWN'],
    [true, 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
    [{ toString: 1, valueOf: 1 }, 'UNKNOWN'],
  ])('takes the status %o as %s', (status, meaning) => {
    expect(decoded(pythonDocument({ status })).snapshot.connectionStatus).toBe(meaning);
  });

  it.each([
    [1.5, 1.5],
    ['1.5', 1.5],
    [' 7 ', 7],
    [12345678901234567890n, 12345678901234567000],
    [{ $numberInt: '-3' }, -3],
    [{ $numberLong: '9007199254740993' }, 2 ** 53],
    [{ $numberDouble: '1e3' }, 1000],
    [{ $numberDecimal: '0.25' }, 0.25],
    [driverDecimal('100.10'), 100.1],
    [driverDecimal('-1.5E+3'), -1500],
    [null, null],
    ['', null],
  ])('reads the figure %o', (balance, figure) => {
    const { document, issues } = decodedWithIssues(pythonDocument({ accounts: { balance } }));
    expect(document.snapshot.balance).toBe(figure);
    expect(issues).toEqual([]);
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['abc', '"abc"'],
    ['0x10', '"0x10"'],
    [true, 'true'],
    [{}, 'an object'],
    [[1], 'an array'],
    [{ $numberDouble: 'NaN' }, '"NaN"'],
    [{ $numberLong: '1.5' }, 'an object'],
    [{ $numberLong: 5 }, 'an object'],
    [driverDecimal('NaN'), '"NaN"'],
    [{ _bsontype: 'Decimal128', bytes: new Uint8Array(16), toString: () => '1' }, 'an object'],
    [Object.assign(driverDecimal('1'), { toString: 'no function' }), 'an object'],
    [Object.assign(driverDecimal('1'), { bytes: 'no bytes' }), 'an object'],
  ])('makes the figure %o null, with one issue that names its path', (balance, received) => {
    const { document, issues } = decodedWithIssues(pythonDocument({ accounts: { balance, margin: 1 } }));
    expect(document.snapshot).toMatchObject({ balance: null, margin: 1 });
    expect(issues).toEqual([`accounts.balance: received ${received}, wanted a number`]);
  });

  it('keeps issues short, few and free of what moves a terminal', () => {
    const long = decodedWithIssues(pythonDocument({ accounts: { balance: `\u009b31m\u202e${'x'.repeat(5000)}` } }));
    expect(long.issues[0]?.length).toBeLessThan(150);
    expect(long.issues[0]).not.toMatch(/\p{Cc}|\u202e/u);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`t${at}`, {}]));
    expect(decodedWithIssues(pythonDocument({ trades: many })).issues).toHaveLength(100);
  });

  it.each([
    [null, 'received null, wanted a QIFI document'],
    [[], 'received an array, wanted a QIFI document'],
    ['text', 'received "text", wanted a QIFI document'],
    [{}, 'account_cookie: received undefined, wanted a name'],
    [{ account_cookie: '', accounts: {} }, 'account_cookie: received "", wanted a name'],
    [{ account_cookie: '  ', accounts: {} }, 'account_cookie: received "  ", wanted a name'],
    [{ account_cookie: 'a\u0000b', accounts: {} }, 'account_cookie: received "a\\u0000b", wanted a name'],
    [{ account_cookie: { $gt: '' }, accounts: {} }, 'account_cookie: received an object, wanted a name'],
    [{ account_cookie: 'a' }, 'accounts: received undefined, wanted an object'],
    [{ account_cookie: 'a', accounts: [] }, 'accounts: received an array, wanted an object'],
  ])('refuses %o', (document, reason) => {
    expect(reasonOf(document)).toBe(reason);
  });

  it('takes an account whose name is a number', () => {
    expect(decoded(qatraderDocument({ account_cookie: 133496 })).snapshot.accountCookie).toBe('133496');
  });

  it('takes a name that looks like a query or a prototype for what it is: a name', () => {
    for (const name of ['{"$gt":""}', '__proto__', 'constructor', "'; DROP TABLE account; --"]) {
      expect(decoded(pythonDocument({ account_cookie: name })).snapshot.accountCookie).toBe(name);
    }
  });

  it('reads nothing that an object only inherits', () => {
    const inherited = JSON.parse('{"__proto__": {"account_cookie": "x", "accounts": {}}}');
    expect(reasonOf(inherited)).toMatch(/^account_cookie/);
    expect(reasonOf(Object.create(pythonDocument()))).toMatch(/^account_cookie/);
    const { document } = decodedWithIssues(
      JSON.parse(
        '{"account_cookie": "a", "trading_day": "20200116", "accounts": {"__proto__": {"balance": 1}}, "positions": {"__proto__": {"instrument_id": "rb2005"}}}',
      ),
    );
    expect(document.snapshot.balance).toBeNull();
    expect(document.snapshot.positions.map(({ instrumentId }) => instrumentId)).toEqual(['rb2005']);
  });

  it('skips the first row of a backtest, whose day is empty, and takes the same in REALTIME', () => {
    expect(decodeQifi(pythonDocument({ trading_day: '' }), 'HISTORY')).toMatchObject({ kind: 'SKIPPED' });
    expect(decodeQifi(pythonDocument({ trading_day: ' ' }), 'HISTORY')).toMatchObject({ kind: 'SKIPPED' });
    expect(decoded(pythonDocument({ trading_day: '' }), 'REALTIME').snapshot.tradingDay).toBeNull();
  });

  it('takes a document without a day as a state of no day', () => {
    const { document, issues } = decodedWithIssues(pythonDocument({ trading_day: undefined }));
    expect(document.snapshot.tradingDay).toBeNull();
    expect(issues).toEqual([]);
  });

  it('refuses a settled day that cannot be read, which would replace another, and only notes it in REALTIME', () => {
    expect(reasonOf(pythonDocument({ trading_day: '2020-02-30' }))).toBe(
      'trading_day: received "2020-02-30", wanted a day',
    );
    const { document, issues } = decodedWithIssues(pythonDocument({ trading_day: '2020-02-30' }), 'REALTIME');
    expect(document.snapshot.tradingDay).toBeNull();
    expect(issues).toEqual(['trading_day: received "2020-02-30", wanted a day']);
  });

  it('survives nesting of any depth', () => {
    const depth = 100_000;
    const nested = (open: string, close: string): unknown => JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`);
    const date = nested('{"$date":', '}');
    const list = nested('[', ']');
    const document = pythonDocument({ updatetime: date, status: list, positions: { a: list, b: date } });
    expect(decodedWithIssues(document).issues.length).toBeGreaterThan(1);
  });

  it('never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('HISTORY', 'REALTIME'), (value, source) => {
        expect(['DECODED', 'SKIPPED', 'REFUSED']).toContain(decodeQifi(value, source).kind);
      }),
    );
  });

  it('never throws, whatever takes the place of a field of a good document, and says only what JSON can carry', () => {
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.bigInt(),
      fc.double(),
      fc.constantFrom<unknown>(undefined, new Date(Number.NaN), { $date: 'never' }, { $numberLong: '9'.repeat(40) }),
      fc.constant({ toString: 1, valueOf: null }),
    );
    const paths = pathsOf(pythonDocument());
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, (path, value) => {
        const answer = decodeQifi(replaced(pythonDocument(), path, value), 'REALTIME');
        if (answer.kind !== 'DECODED') return;
        const figures = JSON.stringify(answer.document, (_key, figure) =>
          typeof figure === 'bigint' ? String(figure) : figure,
        );
        expect(JSON.parse(figures).snapshot.accountCookie).toBe(answer.document.snapshot.accountCookie);
        expect(answer.issues.every((issue) => issue.length < 300)).toBe(true);
      }),
    );
  });
});

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(document: Record<string, unknown>, [key = '', ...rest]: Path, value: unknown): unknown {
  const inner = document[key];
  const isDeeper = rest.length > 0 && typeof inner === 'object' && inner !== null;
  return { ...document, [key]: isDeeper ? replaced({ ...inner }, rest, value) : value };
}
