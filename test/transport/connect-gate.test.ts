import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectGate } from '../../src/transport/connect-gate.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('ConnectGate', () => {
  it('lets an attempt through at once where nothing bounds it', () => {
    const gate = new ConnectGate({ clock: new ManualClock(), random: () => 0 });
    expect([gate.book(0, false).waitMs, gate.book(700, true).waitMs]).toEqual([0, 700]);
  });

  it('keeps attempts of all connections within the rate of the venue', () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({ clock, random: () => 0, connects: { most: 3, perMs: 1_000 } });
    expect([1, 2, 3, 4, 5].map(() => gate.book(0, false).waitMs)).toEqual([0, 0, 0, 1_000, 1_000]);
    clock.advance(1_000);
    expect(gate.book(0, false).waitMs).toBe(0);
    expect(gate.book(0, false).waitMs).toBe(1_000);
  });

  it('does not hold an attempt up behind one that is far away', () => {
    const gate = new ConnectGate({ clock: new ManualClock(), random: () => 0, connects: { most: 1, perMs: 1_000 } });
    expect(gate.book(30_000, true).waitMs).toBe(30_000);
    expect(gate.book(0, false).waitMs).toBe(0);
    expect(gate.book(29_500, false).waitMs).toBe(31_000);
  });

  it('tries one reconnect a minute where that is wanted, and first connects at once', () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({ clock, random: () => 0, reconnects: { most: 1, perMs: 60_000 } });
    expect(gate.book(0, false).waitMs).toBe(0);
    expect(gate.book(500, true).waitMs).toBe(500);
    clock.advance(10_000);
    expect(gate.book(500, true).waitMs).toBe(50_500);
    expect(gate.book(0, false).waitMs).toBe(0);
  });

  it('spreads attempts by chance where that is wanted', () => {
    const gate = new ConnectGate({ clock: new ManualClock(), random: () => 0.5, jitterMs: [1_000, 5_000] });
    expect(gate.book(0, false).waitMs).toBe(3_000);
  });

  it('never lets more through than the rate says, whoever asks when', () => {
    const attempts = fc.array(fc.tuple(fc.nat(500), fc.nat(3_000)), { maxLength: 40 });
    fc.assert(
      fc.property(attempts, fc.integer({ min: 1, max: 4 }), (asked, most) => {
        const clock = new ManualClock();
        const gate = new ConnectGate({ clock, random: () => 0, connects: { most, perMs: 1_000 } });
        const times = asked.map(([passedMs, leastMs]) => {
          clock.advance(passedMs);
          const waitMs = gate.book(leastMs, false).waitMs;
          expect(waitMs).toBeGreaterThanOrEqual(leastMs);
          return clock.now() + waitMs;
        });
        times.sort((one, other) => one - other);
        for (const [index, at] of times.entries()) {
          const later = times[index + most];
          if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(1_000);
        }
      }),
    );
  });
});
