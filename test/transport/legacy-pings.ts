/** Of the pings below. */
export const LEGACY_PING_OPTIONS = { now: 1_592_812_725_123.456, id: 4711 };

/** Printed by Python's json where the code of 2020 used it, else copied from that code. */
export const LEGACY_PING_TEXTS: Readonly<Record<string, string>> = {
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
/** Who pings by itself, and is sent none. */
export const LEGACY_SILENT = ['HUOBI', 'HUOBI_FUTURES', 'HUOBI_SWAP'];
