import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClockOffset, type TimeSample } from '../../src/transport/clock-offset.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

let clock: ManualClock;
let offset: ClockOffset;
let asked: number;
let alarms: string[];
/** How long each sample takes, there and back, and how far the venue is ahead. */
let next: () => { readonly thereMs: number; readonly backMs: number; readonly aheadMs: number } | undefined;

beforeEach(() => {
  clock = new ManualClock();
  asked = 0;
  alarms = [];
  next = () => ({ thereMs: 10, backMs: 10, aheadMs: 0 });
  offset = new ClockOffset({ clock, sample, onAlarm: (reason) => void alarms.push(reason) });
});

afterEach(() => {
  offset.stop();
  expect(clock.pending).toBe(0);
});

async function sample(): Promise<TimeSample | undefined> {
  asked += 1;
  const travel = next();
  if (travel === undefined) return undefined;
  const sentAt = clock.now();
  clock.advance(travel.thereMs);
  const serverTime = clock.now() + travel.aheadMs;
  clock.advance(travel.backMs);
  return { sentAt, receivedAt: clock.now(), serverTime };
}

/** Lets time pass, and a measurement that it starts end. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

describe('the offset of a clock', () => {
  it('is that of the sample which took the least time, of five', async () => {
    const travels = [
      { thereMs: 900, backMs: 100, aheadMs: 300 },
      { thereMs: 20, backMs: 20, aheadMs: 300 },
      { thereMs: 0, backMs: 500, aheadMs: 300 },
      { thereMs: 100, backMs: 10, aheadMs: 300 },
      { thereMs: 21, backMs: 20, aheadMs: 300 },
    ];
    next = () => travels[asked - 1];
    await offset.measure();
    expect([asked, offset.offsetMs]).toEqual([5, 300]);
  });

  it.each([-400, 400, 7_000])('is %i ms when the venue is so much ahead', async (aheadMs) => {
    next = () => ({ thereMs: 15, backMs: 15, aheadMs });
    await offset.measure();
    expect(offset.offsetMs).toBe(aheadMs);
  });

  it('is measured at the start, every hour, and when somebody asks', async () => {
    offset.start();
    await pass(0);
    expect(asked).toBe(5);
    next = () => ({ thereMs: 0, backMs: 0, aheadMs: 50 });
    await pass(HOUR_MS);
    expect([asked, offset.offsetMs]).toEqual([10, 50]);
    await Promise.all([offset.measure(), offset.measure()]);
    expect(asked).toBe(15);
    await pass(HOUR_MS - 1);
    expect(asked).toBe(15);
    await pass(1);
    expect(asked).toBe(20);
    offset.stop();
    await pass(10 * HOUR_MS);
    expect(asked).toBe(20);
  });

  it('stays when the venue cannot be asked, which is asked again after a minute', async () => {
    next = () => ({ thereMs: 0, backMs: 0, aheadMs: 50 });
    offset.start();
    await pass(0);
    next = () => undefined;
    await pass(HOUR_MS);
    expect([asked, offset.offsetMs]).toEqual([6, 50]);
    next = () => ({ thereMs: 0, backMs: 0, aheadMs: 60 });
    await pass(60_000);
    expect([asked, offset.offsetMs]).toEqual([11, 60]);
  });
});

describe('an alarm', () => {
  it('is given once beyond half a second, stands in the status, and is given again after it was well', async () => {
    const measure = async (aheadMs: number): Promise<string | null> => {
      next = () => ({ thereMs: 0, backMs: 0, aheadMs });
      await offset.measure();
      return offset.alarm;
    };
    expect(await measure(500)).toBeNull();
    expect(await measure(501)).toBe("our clock is 501 ms behind the venue's");
    expect(await measure(900)).toBe("our clock is 900 ms behind the venue's");
    expect(alarms).toEqual(["our clock is 501 ms behind the venue's"]);
    expect(await measure(0)).toBeNull();
    expect(await measure(-2_000)).toBe("our clock is 2000 ms ahead of the venue's");
    expect(alarms).toHaveLength(2);
  });
});
