import { describe, expect, it } from 'vitest';
import { VENUES } from '../../src/config-file.ts';
import { LEGACY_VENUE_NAMES, legacyVenue } from '../../src/domain/legacy-venues.ts';

const byStanding = Object.groupBy(LEGACY_VENUE_NAMES, (name) => legacyVenue(name)?.standing ?? 'none');

describe('the venues that desks had in 2020', () => {
  it('are nineteen, and each has a standing', () => {
    expect(new Set(LEGACY_VENUE_NAMES).size).toBe(19);
    expect(byStanding.DEFUNCT).toEqual(['FCOIN', 'FMEX', 'LIQUID', 'FTX_SWAP', 'FTX_FUTURES']);
    expect(byStanding.NOT_OFFERED).toEqual(['HUOBI_FUTURES', 'HUOBI_SWAP', 'BITBANK', 'BITMAX']);
    expect(byStanding.OFFERED).toHaveLength(10);
  });

  it('are offered under names that a configuration may have', () => {
    for (const name of byStanding.OFFERED ?? []) {
      const venue = legacyVenue(name);
      expect(VENUES).toContain(venue?.standing === 'OFFERED' ? venue.venue : undefined);
    }
  });

  it.each(['FCOIN', 'FMEX', 'LIQUID', 'FTX_SWAP', 'FTX_FUTURES'])('say when %s ended, and why', (name) => {
    expect(legacyVenue(name)).toEqual({
      standing: 'DEFUNCT',
      since: expect.stringMatching(/^20\d\d-\d\d$/),
      reason: expect.stringMatching(/./),
    });
  });

  it('are found however the name is written', () => {
    for (const name of ['GATE_SWAP', 'gate-swap', 'Gate_Swap']) {
      expect(legacyVenue(name)).toEqual({ standing: 'OFFERED', venue: 'gate-futures' });
    }
    for (const name of ['', 'okx', 'constructor', '__proto__']) expect(legacyVenue(name)).toBeUndefined();
  });
});
