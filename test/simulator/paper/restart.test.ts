import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { signatureHeaders } from '../../../src/exchanges/okx/sign.ts';
import { type AccountEvent, AccountState } from '../../../src/simulator/paper/account-state.ts';
import { PAPER_INSTRUMENTS } from '../../../src/simulator/paper/instruments.ts';
import { openJournal } from '../../../src/simulator/paper/journal.ts';
import { readJournal } from '../../../src/simulator/paper/read-journal.ts';
import { ask } from '../../support/http-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CREDENTIALS, openDesk, type PaperDesk, priceAway, SPOT, SWAP } from './paper-desk.ts';

const PROCESS = fileURLToPath(new URL('./paper-process.ts', import.meta.url));
const DAY_MS = 86_400_000;

/** All that the venue tells of the account. */
async function accountOf(desk: PaperDesk): Promise<object> {
  return {
    working: (await desk.get('/api/v5/trade/orders-pending')).data,
    finished: (await desk.get('/api/v5/trade/orders-history', 'instType=SPOT')).data,
    fills: (await desk.get('/api/v5/trade/fills')).data,
    balances: (await desk.get('/api/v5/account/balance')).data[0]?.details.map(({ cashBal, ordFrozen, ccy }) => {
      return [ccy, cashBal, ordFrozen];
    }),
    positions: (await desk.get('/api/v5/account/positions')).data.map(({ pos, avgPx, posId }) => [pos, avgPx, posId]),
  };
}

async function trade(desk: PaperDesk): Promise<void> {
  const px = priceAway(desk.venue, 0.9);
  await desk.place({ px, sz: '0.2', clOrdId: 'resting' });
  desk.venue.outside.trade(SPOT, px, '0.05');
  const { ordId } = await desk.place({ px, sz: '0.1' });
  desk.venue.outside.cancel(ordId);
  await desk.place({ instId: SWAP, tdMode: 'cross', ordType: 'market', side: 'sell', sz: '3' });
}

describe('a paper venue that starts again', () => {
  it('has the orders, fills, balances and positions that it had, and goes on with them', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    const options = { clock, journalPath: join(folder.path, 'paper.jsonl') };
    await using before = await openDesk(options);
    await trade(before);
    const account = await accountOf(before);
    await before.venue.close();

    await using after = await openDesk(options);
    expect(await accountOf(after)).toEqual(account);
    expect(await after.place({ clOrdId: 'resting' })).toMatchObject({ sCode: '51016' });
    await using client = await after.follow();
    after.venue.outside.trade(SPOT, priceAway(after.venue, 0.8), '5');
    const [fill] = after.venue.facts().fills;
    expect(fill).toMatchObject({ clOrdId: 'resting', fillSz: '0.15', execType: 'M' });
    expect(await client.take()).not.toEqual([]);

    const ids = before.venue.facts().orderRows.map(({ ordId }) => Number(ordId));
    const trades = before.venue.facts().fills.map(({ tradeId, instId }) => `${instId} ${tradeId}`);
    expect(trades).not.toContain(`${SPOT} ${fill?.tradeId}`);
    expect(Number((await after.place()).ordId)).toBeGreaterThan(Math.max(...ids));
  });

  it('leaves out what was cut off while it was written, and goes on behind it', async () => {
    using folder = temporaryFolder();
    const options = { clock: new ManualClock(), journalPath: join(folder.path, 'paper.jsonl') };
    await using before = await openDesk(options);
    await trade(before);
    const account = await accountOf(before);
    await before.venue.close();
    appendFileSync(options.journalPath, '[{"type":"PLACED","order":{"instId":"BTC-');

    for (let start = 0; start < 2; start++) {
      await using after = await openDesk(options);
      expect(await accountOf(after)).toEqual(account);
    }
  });

  it('keeps its journal short, and all that is in it', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'paper.jsonl');
    const instruments = new Map(PAPER_INSTRUMENTS.map((each) => [each.instId, each]));
    const state = new AccountState(instruments);
    const journal = openJournal(path, () => state.toSnapshot(), 1000);
    for (let at = 1; at <= 1000; at++) {
      const opened: AccountEvent = { type: 'OPENED', balances: { USDT: String(at) }, at };
      journal.append([opened]);
      state.apply(opened);
    }
    journal.close();
    expect(readFileSync(path).length).toBeLessThan(1300);
    expect(readJournal(path, instruments)?.toSnapshot()).toEqual(state.toSnapshot());
  });

  it('refuses a journal with another line that cannot be read', async () => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'paper.jsonl');
    await (await openDesk({ journalPath })).venue.close();
    writeFileSync(journalPath, `${readFileSync(journalPath, 'utf8')}nonsense\n[]\n`);
    await expect(openDesk({ journalPath })).rejects.toThrow('paper.jsonl line 2: received "nonsense", wanted JSON');
  });

  it('forgets orders that ended more than seven days ago, but none that works', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    const options = { clock, journalPath: join(folder.path, 'paper.jsonl') };
    await using before = await openDesk(options);
    await trade(before);
    await before.venue.close();
    clock.advance(8 * DAY_MS);
    await using after = await openDesk(options);
    expect((await after.get('/api/v5/trade/orders-history', 'instType=SPOT')).data).toEqual([]);
    const { data: fills } = await after.get('/api/v5/trade/fills');
    expect(fills.map(({ clOrdId }) => clOrdId)).toEqual(['resting']);
    expect((await after.get('/api/v5/trade/orders-pending')).data).toMatchObject([{ clOrdId: 'resting' }]);
  });

  it('has all that it had answered before it was killed', async () => {
    using folder = temporaryFolder();
    const journalPath = join(folder.path, 'paper.jsonl');
    const child = spawn(process.execPath, [PROCESS, journalPath, JSON.stringify(CREDENTIALS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { restUrl, px } = JSON.parse(String(line)) as { restUrl: string; px: string };

    const acknowledged: string[] = [];
    const place = async (number: number): Promise<void> => {
      const target = '/api/v5/trade/order';
      const order = { instId: SPOT, tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.001', px };
      const body = JSON.stringify({ ...order, clOrdId: `order${number}` });
      const headers = signatureHeaders({ method: 'POST', target, body }, CREDENTIALS, Date.now());
      const { text } = await ask({ url: `${restUrl}${target}`, method: 'POST', headers, body });
      if (JSON.parse(text).code === '0') acknowledged.push(`order${number}`);
      if (acknowledged.length === 20) child.kill('SIGKILL');
    };
    await Promise.allSettled(Array.from({ length: 60 }, (_, number) => place(number)));
    expect(await ended).toEqual([null, 'SIGKILL']);

    await using after = await openDesk({ journalPath, clock: new ManualClock(Date.now()) });
    const { data: working } = await after.get('/api/v5/trade/orders-pending');
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    expect(working.map(({ clOrdId }) => clOrdId)).toEqual(expect.arrayContaining(acknowledged));
  });
});
