import { describe, expect, it } from 'vitest';
import { ConnectGates } from '../../src/exchanges/connect-gates.ts';
import { findVenue } from '../../src/exchanges/venues.ts';
import { ManualClock } from '../support/manual-clock.ts';

function venueOf(name: string) {
  return findVenue(name) ?? expect.fail(`there is no ${name}`);
}

describe('the gates of venues', () => {
  it('are one for all gateways of a venue, within what the venue bears', () => {
    const gates = new ConnectGates({ clock: new ManualClock(), random: () => 0 });
    expect(gates.of(venueOf('okx'), {})).toBe(gates.of(venueOf('okx'), {}));
    expect(gates.of(venueOf('okx'), {})).not.toBe(gates.of(venueOf('kraken'), {}));
    const waits = [1, 2, 3, 4].map(() => gates.of(venueOf('okx'), {}).book(0, false).waitMs);
    expect(waits).toEqual([0, 0, 0, 1_000]);
  });

  it('have the manners of the desk', () => {
    const gates = new ConnectGates({ clock: new ManualClock(), random: () => 0.5 });
    const gate = gates.of(venueOf('kraken'), { jitterMs: [1_000, 5_000], reconnectEveryMs: 60_000 });
    expect([gate.book(0, true), gate.book(0, true)].map(({ waitMs }) => waitMs)).toEqual([3_000, 63_000]);
  });
});
