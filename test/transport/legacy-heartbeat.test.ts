import { describe, expect, it } from 'vitest';
import { LEGACY_VENUE_NAMES } from '../../src/domain/legacy-venues.ts';
import { legacyHeartbeat } from '../../src/transport/legacy-heartbeat.ts';

const OPTIONS = { now: 1_592_812_725_123.456, id: 4711 };

/** Printed by Python's json where the code of 2020 used it, else copied from that code. */
const TEXTS: Readonly<Record<string, string>> = {
  FCOIN: '{"cmd": "ping", "args": [1592812725123], "id": "4711"}',
  FMEX: '{"cmd": "ping", "args": [1592812725123], "id": "4711"}',
  GATE: '{"id": 4711, "method": "server.ping", "params": []}',
  KRAKEN: '{"event": "ping"}',
  LIQUID: '{"event": "pusher:ping", "data": {}}',
  KUCOIN: '{"id": 1592812725123.456, "type": "ping"}',
  BITBANK: '42["message":"ping"]',
  GATE_SWAP: '{"time" : 2020000, "channel" : "futures.ping"}',
  BITFINEX: '{"event": "ping","cid": 1234}',
  BITFINEX_SWAP: '{"event": "ping","cid": 1234}',
  BYBIT_SWAP: '{"op": "ping"}',
  BYBIT_USWAP: '{"op": "ping"}',
  FTX_SWAP: '{"op": "ping"}',
  FTX_FUTURES: '{"op": "ping"}',
  BITMAX: '{"op": "ping"}',
};
const SILENT = ['HUOBI', 'HUOBI_FUTURES', 'HUOBI_SWAP'];

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
