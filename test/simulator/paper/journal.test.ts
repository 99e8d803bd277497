import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccountState } from '../../../src/simulator/paper/account-state.ts';
import { PAPER_INSTRUMENTS } from '../../../src/simulator/paper/instruments.ts';
import { openJournal } from '../../../src/simulator/paper/journal.ts';
import { readJournal } from '../../../src/simulator/paper/read-journal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openDesk, SWAP } from './paper-desk.ts';

const INSTRUMENTS = new Map(PAPER_INSTRUMENTS.map((each) => [each.instId, each]));

/** The lines of a journal with a snapshot, a placing, a cancelling, a market order, and an order that works. */
async function writtenLines(journalPath: string): Promise<string[]> {
  await using desk = await openDesk({ journalPath });
  const { ordId } = await desk.place();
  desk.venue.outside.cancel(ordId);
  await desk.place({ instId: SWAP, tdMode: 'cross', ordType: 'market', px: '', sz: '3' });
  await desk.place({ clOrdId: 'works' });
  return readFileSync(journalPath, 'utf8').split('\n').slice(0, -1);
}

const JOURNALS: [what: string, line: number, damage: (lines: string[]) => string[], reason: RegExp][] = [
  ['a first line that is no JSON', 1, ([, ...rest]) => ['{"lastId":0,"last', ...rest], /wanted JSON/],
  ['an empty first line', 1, ([, ...rest]) => ['', ...rest], /wanted JSON/],
  ['null for a first line', 1, ([, ...rest]) => ['null', ...rest], /expected object, received null/],
  ['nothing but null', 1, () => ['null'], /expected object, received null/],
  ['{} for a first line', 1, ([, ...rest]) => ['{}', ...rest], /lastId: .*expected number/],
  ['events for a first line', 1, ([, ...rest]) => rest, /expected object, received array/],
  ['an amount of cash that is none', 1, edit(0, '"100000"', '"1e5"'), /cash\.USDT\.amount: wanted decimal text/],
  ['an amount of cash that is a number', 1, edit(0, '"100000"', '100000'), /cash\.USDT\.amount: .*expected string/],
  ['null among its lines', 3, insert(2, 'null'), /expected array, received null/],
  ['{} among its lines', 2, insert(1, '{}'), /expected array, received object/],
  ['an empty line', 2, insert(1, ''), /wanted JSON/],
  ['what are no events', 2, insert(1, '[1,null]'), / 0: wanted an event of the account/],
  ['an unknown event', 2, insert(1, '[{"type":"X"}]'), /0\.type: wanted an event of the account/],
  ['an order without a size', 2, edit(1, '"sz":"0.01",', ''), /0\.order\.sz: .*expected string/],
  ['an order with a size below zero', 2, edit(1, '"sz":"0.01"', '"sz":"-0.01"'), /0\.order\.sz: .*not negative/],
  ['an order of an unknown instrument', 2, edit(1, '"BTC-USDT"', '"NONE"'), /the instrument "NONE"/],
  ['an order that is placed twice', 3, (lines) => insert(2, lines[1] ?? '')(lines), /is placed twice/],
  ['a cancelling of what was never placed', 2, (lines) => lines.toSpliced(1, 1), /does not work/],
  ['a cancelling of what has ended', 4, (lines) => insert(3, lines[2] ?? '')(lines), /does not work/],
  ['a fill of what was never placed', 4, edit(3, /\{"type":"PLACED".*?\}\},?/, ''), /does not work|wanted/],
  ['a fill whose fee is no amount', 4, edit(3, /"fee":"-[^"]*"/, '"fee":"NaN"'), /fill\.fee: wanted decimal text/],
  [
    'what forgets an order that works',
    6,
    (lines) => [...lines, `[{"type":"FORGOTTEN","ordIds":["${/"ordId":"(\d+)"/.exec(lines[4] ?? '')?.[1]}"]}]`],
    /is forgotten, wanted one that has ended/,
  ],
];

function insert(index: number, line: string): (lines: string[]) => string[] {
  return (lines) => lines.toSpliced(index, 0, line);
}

function edit(index: number, before: string | RegExp, after: string): (lines: string[]) => string[] {
  return (lines) => lines.with(index, (lines[index] ?? '').replace(before, after));
}

describe('a journal of the paper venue', () => {
  it.each(JOURNALS)('with %s is refused, and stays as it is', async (_, line, damage, reason) => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'paper.jsonl');
    const written = await writtenLines(journalPath);
    const damaged = damage(written);
    expect(damaged).not.toEqual(written);
    const text = `${damaged.join('\n')}\n`;
    writeFileSync(journalPath, text);
    const error = await openDesk({ journalPath }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      name: 'Error',
      message: expect.stringContaining(`cannot read the paper journal ${journalPath} line ${line}: `),
    });
    expect(String(error)).toMatch(reason);
    expect(readFileSync(journalPath, 'utf8')).toBe(text);
  });

  it.each([
    ['is empty', ''],
    ['was cut off in its first line', '{"lastId":0,"lastTradeIds":{},"orders":[{"ins'],
  ])('that %s opens the account anew', async (_, text) => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'paper.jsonl');
    writeFileSync(journalPath, text);
    for (let start = 0; start < 2; start++) {
      await using desk = await openDesk({ journalPath });
      expect((await desk.balance('USDT')).cash).toBe('100000');
    }
  });

  it('whose snapshot has lost nothing but its end of line is read', async () => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'paper.jsonl');
    await (await openDesk({ journalPath, balances: { USDT: '7' } })).venue.close();
    writeFileSync(journalPath, readFileSync(journalPath, 'utf8').trimEnd());
    await using desk = await openDesk({ journalPath });
    expect((await desk.balance('USDT')).cash).toBe('7');
  });

  it('is not put over a file of another kind', async () => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'notes.txt');
    writeFileSync(journalPath, 'remember the milk');
    await expect(openDesk({ journalPath })).rejects.toThrow(
      `cannot read the paper journal ${journalPath} line 1: received "remember the milk", wanted JSON`,
    );
    expect(readFileSync(journalPath, 'utf8')).toBe('remember the milk');
  });

  it('cannot be a folder, nor be in one that is not there', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'paper.jsonl'));
    await expect(openDesk({ journalPath: join(folder.path, 'paper.jsonl') })).rejects.toThrow(
      /^cannot read the paper journal .*paper\.jsonl: EISDIR/,
    );
    await expect(openDesk({ journalPath: join(folder.path, 'none', 'paper.jsonl') })).rejects.toThrow(
      /^cannot write the paper journal .*paper\.jsonl: ENOENT/,
    );
    expect(existsSync(join(folder.path, 'none'))).toBe(false);
  });

  it('takes as many bytes for an act however many orders work', async () => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'paper.jsonl');
    await using desk = await openDesk({ journalPath });
    const { outside } = desk.venue;
    const px = (Number(outside.last('BTC-USDT').px) * 0.9).toFixed(0);
    const order = { instId: 'BTC-USDT', side: 'buy', ordType: 'limit', sz: '0.0001', px } as const;
    const acts = 1500;
    for (let act = 0; act < acts; act++) outside.place(order);
    const [, first = '', ...rest] = readFileSync(journalPath, 'utf8').split('\n').slice(0, -1);
    expect(rest).toHaveLength(acts - 1);
    expect(Math.max(...rest.map(({ length }) => length))).toBeLessThanOrEqual(first.length);
  });

  it('begins anew no sooner than it has grown by what the snapshot takes', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'paper.jsonl');
    const state = new AccountState(INSTRUMENTS);
    const balances = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`C${index}`, '1']));
    state.apply({ type: 'OPENED', balances, at: 1 });
    let snapshots = 0;
    const snapshot = (): ReturnType<typeof state.toSnapshot> => {
      snapshots += 1;
      return state.toSnapshot();
    };
    const journal = openJournal(path, snapshot, 1);
    for (let at = 1; at <= 200; at++) journal.append([{ type: 'OPENED', balances: { C0: '1' }, at }]);
    journal.close();
    expect(snapshots).toBe(2);
    expect(readJournal(path, INSTRUMENTS)?.cash.size).toBe(200);
  });
});
