/** A frame of the WebSocket protocol: a text, or a ping with a payload. */
export interface LegacyPing {
  readonly frame: 'text' | 'ping';
  readonly payload: string;
}

export interface LegacyPingOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From 0 to 99,999, another one with each ping. */
  readonly id: number;
}

const OP_PING = '{"op": "ping"}';
const BITFINEX_PING = '{"event": "ping","cid": 1234}';

/** As Python's json writes them, with a space behind each colon and comma; some were written by hand without. */
const PINGS: Readonly<Record<string, (options: LegacyPingOptions) => string | undefined>> = {
  FCOIN: commandPing,
  FMEX: commandPing,
  GATE: ({ id }) => `{"id": ${id}, "method": "server.ping", "params": []}`,
  KRAKEN: () => '{"event": "ping"}',
  LIQUID: () => '{"event": "pusher:ping", "data": {}}',
  // The number was a float of Python.
  KUCOIN: ({ now }) => `{"id": ${Number.isInteger(now) ? now.toFixed(1) : now}, "type": "ping"}`,
  BITBANK: () => '42["message":"ping"]',
  GATE_SWAP: () => '{"time" : 2020000, "channel" : "futures.ping"}',
  BITFINEX: () => BITFINEX_PING,
  BITFINEX_SWAP: () => BITFINEX_PING,
  BYBIT_SWAP: () => OP_PING,
  BYBIT_USWAP: () => OP_PING,
  FTX_SWAP: () => OP_PING,
  FTX_FUTURES: () => OP_PING,
  BITMAX: () => OP_PING,
  HUOBI: () => undefined,
  HUOBI_FUTURES: () => undefined,
  HUOBI_SWAP: () => undefined,
};

/**
 * What the desks of 2020 sent to a venue every few seconds, byte for byte, for whoever still runs a mirror of one that
 * wants it: several of these are wrong for the venues of today. `name` is one of LEGACY_VENUE_NAMES; any other venue got
 * a ping frame. Undefined for those that ping themselves.
 */
export function legacyHeartbeat(name: string, options: LegacyPingOptions): LegacyPing | undefined {
  if (!Object.hasOwn(PINGS, name)) return { frame: 'ping', payload: 'ping' };
  const payload = PINGS[name]?.(options);
  return payload === undefined ? undefined : { frame: 'text', payload };
}

function commandPing({ now, id }: LegacyPingOptions): string {
  return `{"cmd": "ping", "args": [${Math.trunc(now)}], "id": "${id}"}`;
}
