import { describe, expect, it } from 'vitest';
import { LEGACY_VENUE_NAMES } from '../../src/domain/legacy-venues.ts';
import { legacyHeartbeat } from '../../src/transport/legacy-heartbeat.ts';
import { LEGACY_PING_OPTIONS as OPTIONS, LEGACY_SILENT as SILENT, LEGACY_PING_TEXTS as TEXTS } from './legacy-pings.ts';

describe('the ping of a venue as it was sent in 2020', () => {
  it.each(Object.entries(TEXTS))('to %s is the text %s', (name, payload) => {
    expect(legacyHeartbeat(name, OPTIONS)).toEqual({ frame: 'text', payload });
  });

  it.each(SILENT)('to %s is none, since it pings itself', (name) => {
    expect(legacyHeartbeat(name, OPTIONS)).toBeUndefined();
  });

  it('to every other venue is a ping frame', () => {
    const others = LEGACY_VENUE_NAMES.filter((name) => TEXTS[name] === undefined && !SILENT.includes(name));
    expect(others).toEqual(['UPBIT']);
    for (const name of [...others, 'OKX', 'constructor', '']) {
      expect(legacyHeartbeat(name, OPTIONS)).toEqual({ frame: 'ping', payload: 'ping' });
    }
  });

  it('to KuCoin has a float in it, whatever the clock shows', () => {
    expect(legacyHeartbeat('KUCOIN', { now: 1_592_812_725_000, id: 1 })?.payload).toBe(
      '{"id": 1592812725000.0, "type": "ping"}',
    );
  });
});
