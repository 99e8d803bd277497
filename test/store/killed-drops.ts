import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { contentOf, type DroppableAccounts, restoreRequest, writeDays } from './account-drops.contract.ts';
import { key } from './account-store.contract.ts';

const KILLS = process.env.DESKGRAPH_TEST_LONG === '1' ? 40 : 8;

export interface KilledDrops {
  /** Opens what a process left behind. */
  readonly open: () => DroppableAccounts & AsyncDisposable;
  /** What drops these accounts, and brings them back, until it is killed: a file of test/store and its arguments. */
  readonly command: readonly string[];
  /** Everything that is stored, but the records. */
  readonly stored: () => Promise<unknown>;
  /** Days of each account: so many that a drop takes a while. */
  readonly days: number;
  /** When the last one is killed, in durations of a drop. */
  readonly span: number;
}

const NAMES = ['a', 'b', 'c'];

/** Kills what drops accounts at moments all over a drop, and expects all of them or none and the copy each time. */
export async function expectAllOrNoneAfterKills({ open, command, stored, days, span }: KilledDrops): Promise<void> {
  const before: Record<string, object> = {};
  {
    await using opened = open();
    for (const accountCookie of NAMES) await writeDays(opened.accounts, days, { accountCookie });
    for (const name of NAMES) before[name] = await contentOf(opened.accounts, key(name));
  }
  const storedBefore = await stored();
  const found = new Set<string | undefined>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = spawn(process.execPath, [...command, ...NAMES], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    // Its second round shows how long a drop takes here; in the third it is killed, each time a little later.
    const moments: number[] = [];
    for await (const _line of createInterface({ input: child.stdout }))
      if (moments.push(performance.now()) === 5) break;
    const [, , begun = 0, done = 0] = moments;
    await setTimeout((done - begun) * span * (kill / (KILLS - 1)) ** 2);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    // What it had sent last is done when this is answered.
    await stored();

    await using opened = open();
    const { accounts, drops } = opened;
    // Waits until nobody can be at it any more, where a process does not know that at once.
    expect(await drops.restore(restoreRequest('nobody'))).toEqual({ kind: 'NO_COPY' });
    const records = await drops.records();
    expect(records.filter(({ state }) => state === 'REQUESTED')).toEqual([]);
    const listed = (await accounts.listAccounts({ source: 'HISTORY' })).map((each) => each.accountCookie);
    for (const name of NAMES) {
      if (listed.includes(name)) expect(await contentOf(accounts, key(name))).toEqual(before[name]);
      else expect(await drops.restore(restoreRequest(name))).toMatchObject({ kind: 'RESTORED', documents: days });
    }
    // What the latest request came to is what it says: a drop takes all three or none.
    const latest = records.at(-1);
    expect(latest?.documents ?? 0).toBe(latest?.state === 'DROPPED' ? NAMES.length * days : 0);
    if (latest?.state === 'UNDONE') expect(listed).toEqual(NAMES);
    found.add(latest?.state);
    await drops.trim(Number.MAX_SAFE_INTEGER);
    expect(await stored()).toEqual(storedBefore);
  }
  expect([...found]).toEqual(expect.arrayContaining(['DROPPED', 'UNDONE']));
}
