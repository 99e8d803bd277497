import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type ImportListener,
  type ImportProgress,
  type ImportReport,
  ImportStopped,
  importQifi,
  type LineNote,
} from '../../src/cli/import-qifi.ts';
import type { AccountSource } from '../../src/domain/account.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { day } from '../support/bars.ts';
import { pythonDocument, pythonOrder, pythonTrade, qatraderDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Imported {
  readonly report: ImportReport;
  readonly batches: readonly (readonly AccountDocument[])[];
  readonly documents: readonly AccountDocument[];
  readonly refusals: readonly LineNote[];
  readonly progress: readonly ImportProgress[];
}

const UNHEARD: ImportListener = { refused: () => {}, advanced: () => {} };

async function imported(content: string | Uint8Array, source: AccountSource = 'HISTORY'): Promise<Imported> {
  using folder = temporaryFolder();
  const path = join(folder.path, 'accounts.json');
  writeFileSync(path, content);
  const batches: (readonly AccountDocument[])[] = [];
  const writer = { writeDocuments: async (documents: readonly AccountDocument[]) => void batches.push(documents) };
  const refusals: LineNote[] = [];
  const progress: ImportProgress[] = [];
  const listener = {
    refused: (note: LineNote) => void refusals.push(note),
    advanced: (reached: ImportProgress) => void progress.push(reached),
  };
  const report = await importQifi({ path, source, writer, listener });
  return { report, batches, documents: batches.flat(), refusals, progress };
}

const dated = (trading_day: string, changes: object = {}): object => pythonDocument({ trading_day, ...changes });
const TWO = [dated('2020-01-16'), dated('20200117', { account_cookie: 'other' })];
/** A document with an int64 as mongoexport's relaxed mode and Python write it: a plain number. */
const plainNanos = (text: string): string => text.replaceAll(/\{"\$numberLong":"(\d+)"\}/g, '$1');

describe('importQifi', () => {
  it.each([
    ['an array', JSON.stringify(TWO)],
    ['a pretty-printed array', JSON.stringify(TWO, null, 2)],
    ['lines', TWO.map((each) => JSON.stringify(each)).join('\n')],
    ['lines of Windows behind a byte order mark', `\uFEFF${TWO.map((each) => `${JSON.stringify(each)}\r\n`).join('')}`],
    ['pretty-printed objects', TWO.map((each) => JSON.stringify(each, null, 4)).join('\n')],
    ['plain whole numbers', plainNanos(JSON.stringify(TWO))],
  ])('takes %s', async (_form, content) => {
    const { report, documents } = await imported(content);
    expect(report).toEqual({
      documents: 2,
      accounts: 2,
      skipped: 0,
      refused: 0,
      issues: 0,
      issueNotes: [],
    });
    expect(documents.map(({ snapshot }) => snapshot.tradingDay)).toEqual([day('2020-01-16'), day('2020-01-17')]);
    expect(documents[0]?.trades[0]?.tradedAtNanos).toBe(1579141800112232960n);
  });

  it('takes a single object', async () => {
    expect((await imported(JSON.stringify(qatraderDocument()))).report).toMatchObject({ documents: 1, accounts: 1 });
  });

  it('keeps whole numbers beyond 2^53 exact', async () => {
    const nanos = '1567775573528050636';
    const document = JSON.stringify(pythonDocument({ trades: { a: pythonTrade({ trade_date_time: 0 }) } }));
    const { documents } = await imported(document.replace('"trade_date_time":0', `"trade_date_time":${nanos}`));
    expect(documents[0]?.trades[0]?.tradedAtNanos).toBe(BigInt(nanos));
  });

  it('counts what it skips and refuses, names the lines, and goes on', async () => {
    const content = [
      JSON.stringify(dated('2020-01-16')),
      JSON.stringify(dated('')),
      '{"trading_day":"2020-01-16"}',
      '{broken}',
      '',
      JSON.stringify(dated('2020-01-17')).slice(0, -40),
      'null',
      JSON.stringify(dated('2020-02-30')),
      JSON.stringify(dated('2020-01-20')),
    ].join('\n');
    const { report, documents, refusals } = await imported(content);
    expect(documents.map(({ snapshot }) => snapshot.tradingDay)).toEqual([day('2020-01-16'), day('2020-01-20')]);
    expect(report).toMatchObject({ documents: 2, accounts: 1, skipped: 1, refused: 4, issues: 0 });
    expect(refusals).toEqual([
      { line: 3, text: 'account_cookie: received undefined, wanted a name' },
      { line: 4, text: 'it is not valid JSON' },
      { line: 6, text: 'a text in quotes breaks off at the end of the line' },
      { line: 8, text: 'trading_day: received "2020-02-30", wanted a day' },
    ]);
  });

  it('names figures that it had to leave out with the line of their document', async () => {
    const nan = JSON.stringify(dated('2020-01-17')).replace('"balance":100096.5', '"balance":NaN');
    const { report, documents } = await imported(`${JSON.stringify(dated('2020-01-16'))}\n${nan}`);
    expect(documents.map(({ snapshot }) => snapshot.balance)).toEqual([100096.5, null]);
    expect(report).toMatchObject({ documents: 2, refused: 0, issues: 1 });
    expect(report.issueNotes).toEqual([{ line: 2, text: 'accounts.balance: received "NaN", wanted a number' }]);
  });

  it('names every refused document, and the first twenty figures that were left out', async () => {
    const bad = JSON.stringify(dated('2020-01-16', { trades: Array.from({ length: 90 }, () => ({})) }));
    const { report, refusals } = await imported([bad, ...Array.from({ length: 300 }, () => '{}')].join('\n'));
    expect(report).toMatchObject({ documents: 1, issues: 90, refused: 300 });
    expect(report.issueNotes).toHaveLength(20);
    expect(refusals.map(({ line }) => line)).toEqual(Array.from({ length: 300 }, (_, at) => at + 2));
  });

  it.each([
    ['empty', ''],
    ['blank', ' '],
    ['null', null],
    ['missing', undefined],
  ])('skips a settled state whose day is %s, and takes the same in REALTIME', async (_which, trading_day) => {
    const content = JSON.stringify([pythonDocument({ trading_day }), dated('2020-01-17')]);
    const settled = await imported(content);
    expect(settled.report).toMatchObject({ documents: 1, skipped: 1, refused: 0 });
    expect(settled.documents.map(({ snapshot }) => snapshot.tradingDay)).toEqual([day('2020-01-17')]);
    const current = await imported(content, 'REALTIME');
    expect(current.report).toMatchObject({ documents: 2, skipped: 0, refused: 0 });
    expect(current.documents.map(({ snapshot }) => snapshot.tradingDay)).toEqual([null, day('2020-01-17')]);
  });

  it('tells how far it is, up to the last byte', async () => {
    const lines = Array.from({ length: 200 }, (_, at) => (at % 4 === 0 ? '{}' : JSON.stringify(dated('2020-01-16'))));
    const content = lines.join('\n');
    const { progress } = await imported(content);
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual(progress.toSorted((one, other) => one.bytes - other.bytes));
    expect(progress[0]?.documents).toBeGreaterThan(0);
    expect(progress[0]?.documents).toBeLessThan(150);
    expect(progress.at(-1)).toEqual({ bytes: Buffer.byteLength(content), documents: 150, refused: 50 });
  });

  it('writes nothing of a file without documents', async () => {
    for (const content of ['', '\n\n', '[]', 'account,balance\na,1\n', JSON.stringify(dated(''))]) {
      expect((await imported(content)).batches).toEqual([]);
    }
  });

  it('keeps characters whole that lie across the pieces of a file, and refuses a document in another encoding', async () => {
    const name = '螺纹钢'.repeat(40_000);
    const long = JSON.stringify(dated('2020-01-16', { orders: { a: pythonOrder({ last_msg: name }) } }));
    const gbk = Buffer.concat([Buffer.from('{"account_cookie":"'), Buffer.from([0xc2, 0xdd]), Buffer.from('"}')]);
    const { documents, refusals } = await imported(Buffer.concat([Buffer.from(`${long}\n`), gbk]));
    expect(documents[0]?.orders[0]?.statusMessage).toBe(name.slice(0, 1000));
    expect(refusals).toEqual([{ line: 2, text: 'it holds bytes that are not UTF-8' }]);
  });

  it('writes in batches that are bounded by what they hold', async () => {
    const small = Array.from({ length: 2500 }, (_, at) =>
      JSON.stringify(qatraderDocument({ account_cookie: `a${at}` })),
    );
    const ofSmall = await imported(small.join('\n'));
    expect(ofSmall.documents.map(({ snapshot }) => snapshot.accountCookie)).toEqual(small.map((_, at) => `a${at}`));
    expect(ofSmall.batches.length).toBeGreaterThan(1);
    const trades = Array.from({ length: 600 }, (_, at) => pythonTrade({ trade_id: at }));
    const large = Array.from({ length: 5 }, (_, at) => JSON.stringify(dated(`2020-01-1${at}`, { trades })));
    expect((await imported(large.join('\n'))).batches.map(({ length }) => length)).toEqual([2, 2, 1]);
    const event = { '2020-01-16 09:30:00': 'x'.repeat(2 ** 21) };
    const long = Array.from({ length: 5 }, (_, at) => JSON.stringify(dated(`2020-01-1${at}`, { event })));
    expect((await imported(long.join('\n'))).batches.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it('fails for a folder, a file that is not there and a store that cannot be written', async () => {
    using folder = temporaryFolder();
    const writer = { writeDocuments: () => Promise.reject(new Error('the disk is full')) };
    await expect(importQifi({ path: folder.path, source: 'HISTORY', writer, listener: UNHEARD })).rejects.toThrow(
      'EISDIR',
    );
    const none = join(folder.path, 'none.json');
    await expect(importQifi({ path: none, source: 'HISTORY', writer, listener: UNHEARD })).rejects.toThrow('ENOENT');
    writeFileSync(none, JSON.stringify(TWO));
    await expect(importQifi({ path: none, source: 'HISTORY', writer, listener: UNHEARD })).rejects.toThrow(
      'the disk is full',
    );
  });

  it('says what was taken when the store fails in the middle', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.json');
    const states = Array.from({ length: 2500 }, (_, at) => qatraderDocument({ account_cookie: `a${at}` }));
    const lines = states.flatMap((state) => ['{}', JSON.stringify(state)]);
    writeFileSync(path, lines.join('\n'));
    const taken: AccountDocument[] = [];
    const writeDocuments = async (documents: readonly AccountDocument[]): Promise<void> => {
      if (taken.length > 0) throw new Error('the disk is full');
      taken.push(...documents);
    };
    const imported = importQifi({ path, source: 'HISTORY', writer: { writeDocuments }, listener: UNHEARD });
    const stopped: unknown = await imported.catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(ImportStopped);
    expect(taken.length).toBeGreaterThan(0);
    expect(stopped).toMatchObject({ message: 'the disk is full', documents: taken.length, line: 2 * taken.length });
  });

  it('asks the store about documents of long texts alone, and refuses what it refuses', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.json');
    const event = { '2020-01-16 09:30:00': 'x'.repeat(4 * 2 ** 20) };
    const states = [dated('2020-01-16'), dated('2020-01-17', { event }), dated('2020-01-20')];
    writeFileSync(path, states.map((each) => JSON.stringify(each)).join('\n'));
    const taken: AccountDocument[] = [];
    const asked: AccountDocument[] = [];
    const refusals: LineNote[] = [];
    const report = await importQifi({
      path,
      source: 'HISTORY',
      writer: { writeDocuments: async (documents) => void taken.push(...documents) },
      listener: { ...UNHEARD, refused: (note) => void refusals.push(note) },
      refusalOf: (document) => {
        asked.push(document);
        return 'it is too large';
      },
    });
    const days = (documents: readonly AccountDocument[]) => documents.map(({ snapshot }) => snapshot.tradingDay);
    expect(days(asked)).toEqual([day('2020-01-17')]);
    expect(days(taken)).toEqual([day('2020-01-16'), day('2020-01-20')]);
    expect(refusals).toEqual([{ line: 2, text: 'it is too large' }]);
    expect(report).toMatchObject({ documents: 2, refused: 1 });
  });

  it('ends in the store at the same, however often a file is imported', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.json');
    writeFileSync(path, JSON.stringify(TWO));
    const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite') });
    const key = { source: 'REALTIME', accountCookie: 'cta_rb_5min' } as const;
    const everything = async (): Promise<unknown> => [
      await store.listAccounts(key),
      await store.equityRows([key]),
      await store.trades([key]),
      await store.orders([key]),
    ];
    await importQifi({ path, source: 'REALTIME', writer: store, listener: UNHEARD });
    const once = await everything();
    await importQifi({ path, source: 'REALTIME', writer: store, listener: UNHEARD });
    expect(await everything()).toEqual(once);
    expect(await store.listAccounts({ source: 'HISTORY' })).toEqual([]);
    store.close();
  });
});
