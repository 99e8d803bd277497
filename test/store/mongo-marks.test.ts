import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { shanghaiInstant } from '../../src/domain/qifi-times.ts';
import { MongoAccountStore } from '../../src/store/mongo/mongo-account-store.ts';
import { MongoDeployment } from '../../src/store/mongo/mongo-deployment.ts';
import { day } from '../support/bars.ts';
import { describeOnMongo, type MongoServer, mongoDatabases } from '../support/mongo.ts';
import { key } from './account-store.contract.ts';

async function openMarks(server: MongoServer) {
  const databases = await mongoDatabases(server);
  const deployment = new MongoDeployment({ url: server.url, names: databases.names });
  return {
    store: new MongoAccountStore({ deployment, clock: SYSTEM_CLOCK }),
    marks: databases.client.db(databases.names.realtime).collection('hisaccount'),
    [Symbol.asyncDispose]: async () => {
      await deployment.close();
      await databases[Symbol.asyncDispose]();
    },
  };
}

const MIDNIGHT = shanghaiInstant(day('2020-01-16'), 0);
const DAY_MS = 24 * 3600 * 1000;

/** A time as one of the writers says it, or somebody whom nobody knows: Shanghai's clocks, whatever stands between. */
function forms(instant: number): unknown[] {
  const wallTime = new Date(instant + 8 * 3600 * 1000);
  const [date = '', time = ''] = wallTime.toISOString().slice(0, 23).split('T');
  const underscored = time.replace('.', '_');
  return [
    `${date} ${underscored}000`,
    `${date} ${time}`,
    `${date} ${time.slice(0, 8)}`,
    `${date}T${time}`,
    `${date}T${underscored}`,
    wallTime,
  ];
}

/** Around the seconds and midnights at which a text that is compared could go wrong. */
const instants = fc
  .tuple(fc.integer({ min: -2, max: 2 }), fc.constantFrom(0, 1, 59, 3600, 43_200, 86_399), fc.constantFrom(0, 1, 999))
  .map(([days, seconds, ms]) => MIDNIGHT + days * DAY_MS + seconds * 1000 + ms);

describeOnMongo('Marks of MongoDB', (server) => {
  it('of a range are those of all that lie within it, in whatever form their times are', async () => {
    await using opened = await openMarks(server);
    const written = fc.array(fc.tuple(instants, fc.nat(5)), { minLength: 1, maxLength: 20 });
    // Most ends are the instant of a mark, or just beside it.
    const end = fc.option(fc.tuple(fc.nat(19), fc.constantFrom(-1, 0, 0, 1)), { nil: undefined });
    const range = fc.record({ start: end, end });
    await fc.assert(
      fc.asyncProperty(written, fc.array(range, { minLength: 1, maxLength: 3 }), async (times, asked) => {
        await opened.marks.deleteMany({});
        const documents = times.map(([instant, form], index) => ({
          account_cookie: 'a',
          updatetime: forms(instant)[form],
          accounts: { balance: index },
        }));
        await opened.marks.insertMany(documents);
        const instantOf = (place: readonly [number, number] | undefined): number | undefined =>
          place && (times[place[0] % times.length]?.[0] ?? 0) + place[1];
        const ranges = asked.map((each) => ({ start: instantOf(each.start), end: instantOf(each.end) }));
        const [all = []] = await opened.store.equityMarks([key('a', 'REALTIME')]);
        expect(all.length).toBeGreaterThan(0);
        const found = await opened.store.equityMarks(ranges.map((each) => ({ ...key('a', 'REALTIME'), ...each })));
        expect(found).toEqual(
          ranges.map(({ start = -Infinity, end = Infinity }) => all.filter(({ at }) => at >= start && at <= end)),
        );
      }),
      { numRuns: process.env.DESKGRAPH_TEST_LONG === '1' ? 200 : 40 },
    );
  });

  it('are asked of the deployment by their range, and by nothing else that lies far away', async () => {
    await using opened = await openMarks(server);
    const days = Array.from({ length: 200 }, (_, index) => MIDNIGHT + index * DAY_MS);
    await opened.marks.insertMany(
      days.flatMap((instant) =>
        // Whoever reads a mark that is out of range is told of its balance.
        [forms(instant)[0], forms(instant + 1000)[5]].map((updatetime) => ({
          account_cookie: 'a',
          updatetime,
          accounts: { balance: instant === days[100] ? 1 : 'no number' },
        })),
      ),
    );
    const messages: string[] = [];
    const reading = { report: ({ message }: { message: string }) => void messages.push(message) };
    const [start, end] = [days[100] ?? 0, (days[100] ?? 0) + 1000];
    const [found = []] = await opened.store.equityMarks([{ ...key('a', 'REALTIME'), start, end }], reading);
    expect(found.map(({ at }) => at)).toEqual([start, end]);
    expect(messages).toEqual([]);
    await opened.store.equityMarks([key('a', 'REALTIME')], reading);
    expect(messages.length).toBeGreaterThan(300);
  });

  it('are read no further when nobody waits for them any more', async () => {
    await using opened = await openMarks(server);
    const marks = Array.from({ length: 5000 }, (_, index) => ({
      account_cookie: 'a',
      updatetime: new Date(MIDNIGHT + index),
      accounts: { balance: 'no number' },
    }));
    await opened.marks.insertMany(marks);
    const client = new AbortController();
    let read = 0;
    const report = (): void => {
      read += 1;
      if (read === 100) client.abort();
    };
    const reading = { report, signal: client.signal };
    await expect(opened.store.equityMarks([key('a', 'REALTIME')], reading)).rejects.toMatchObject({
      code: 'OVERLOADED',
    });
    expect(read).toBeLessThan(marks.length);
  });
});
