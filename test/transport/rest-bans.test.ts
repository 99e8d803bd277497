import { afterEach, beforeEach, expect, it } from 'vitest';
import { venueBanStorePath } from '../../src/store/sqlite/paths.ts';
import { openVenueBanStore } from '../../src/store/sqlite/sqlite-venue-ban-store.ts';
import { type BanRecord, type BanRecords, Bans } from '../../src/transport/rest-bans.ts';
import { RestShare } from '../../src/transport/rest-share.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { failureOf, openScheduler, request, startRestVenue } from './scheduled.ts';

const DAY_MS = 86_400_000;

let clock: ManualClock;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  clock = new ManualClock();
  folder = temporaryFolder();
});

afterEach(() => {
  folder[Symbol.dispose]();
  expect(clock.pending).toBe(0);
});

function ban(changes: Partial<BanRecord> = {}): BanRecord {
  const from = clock.now();
  return { address: 'https://api.example', from, until: from + 120_000, reason: 'it answered HTTP 418', ...changes };
}

/** What a process does: it reads the bans of the one before, asks once, and ends. */
async function processAsking(url: string): Promise<unknown> {
  const records = openVenueBanStore({ path: venueBanStorePath(folder.path) });
  const share = new RestShare({ clock, records });
  await share.bans.load();
  const scheduler = openScheduler(clock, { url, share, mostRepeats: 0 });
  const answer = await scheduler.send(request()).then(
    ({ status }) => status,
    ({ kind }) => kind,
  );
  await scheduler.stop({ drain: true, timeoutMs: 0 });
  share.bans.close();
  records.close();
  return answer;
}

it('a ban holds for the processes after the one that met it, until it is over', async () => {
  await using venue = await startRestVenue();
  venue.reply = () => ({ status: 418, headers: { 'retry-after': '3600' } });
  expect(await processAsking(venue.url)).toBe(418);
  venue.reply = () => 200;
  clock.advance(1_000);
  expect(await processAsking(venue.url)).toBe('GATEWAY_DOWN');
  clock.advance(3_598_999);
  expect(await processAsking(venue.url)).toBe('GATEWAY_DOWN');
  expect(venue.received).toHaveLength(1);
  clock.advance(1);
  expect(await processAsking(venue.url)).toBe(200);
});

it('a ban that cannot be kept holds all the same, and is told', async () => {
  const faults: unknown[] = [];
  const away: BanRecords = {
    bans: async () => [],
    keepBan: () => Promise.reject(new Error('the disk is full')),
  };
  const share = new RestShare({ clock, records: away, onFault: (error) => void faults.push(error) });
  await share.bans.load();
  await using venue = await startRestVenue();
  venue.reply = () => 418;
  const scheduler = openScheduler(clock, { url: venue.url, share });
  await scheduler.send(request());
  expect(await failureOf(scheduler.send(request()))).toMatchObject({ kind: 'GATEWAY_DOWN' });
  expect(faults).toEqual([new Error('the disk is full')]);
  await scheduler.stop({ drain: false, timeoutMs: 0 });
  share.bans.close();
});

it('the longest of several bans of an address holds, and each begin and end is told', () => {
  const bans = new Bans({ clock });
  const told: (number | undefined)[] = [];
  const from = clock.now();
  const unlisten = bans.onChange(() => void told.push(bans.of('https://api.example')?.until));
  bans.begin(ban());
  bans.begin(ban({ until: from + 60_000 }));
  bans.begin(ban({ until: from + 300_000 }));
  bans.begin(ban({ address: 'https://other.example', until: from + 400_000 }));
  clock.advance(299_999);
  expect(bans.of('https://api.example')).toMatchObject({ until: from + 300_000 });
  clock.advance(1);
  expect(bans.of('https://api.example')).toBeUndefined();
  unlisten();
  clock.advance(DAY_MS);
  const [short, long] = [from + 120_000, from + 300_000];
  expect(told).toEqual([short, long, long, undefined]);
});

it('a ban that is over, or was begun by a clock that went ahead, does not hold', async () => {
  const from = clock.now();
  const kept = [
    ban({ from: from - DAY_MS, until: from }),
    ban({ address: 'https://ahead.example', from: from + DAY_MS, until: from + 2 * DAY_MS }),
  ];
  const bans = new Bans({ clock, records: { bans: async () => kept, keepBan: async () => {} } });
  await bans.load();
  for (const { address } of kept) expect(bans.of(address)).toBeUndefined();
});
