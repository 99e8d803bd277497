import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createBitgetContracts } from './contracts.ts';
import { BitgetConversation } from './conversation.ts';
import { isServed, PING, PONG, SOCKET_PATH } from './dialect.ts';

/** The venue wants one every 30 s, and ends what has sent none for 2 minutes: https://www.bitget.com/api-doc/uta/websocket/intro */
const HEARTBEAT: Heartbeat = { kind: 'text', ping: PING, pong: PONG, intervalMs: 25_000, timeoutMs: 10_000 };

/** https://www.bitget.com/api-doc/uta/websocket/intro */
const LIMITS: SocketLimits = {
  connects: { most: 300, perMs: 300_000 },
  frames: { most: 10, perMs: 1_000 },
};

/** Market data of Bitget's pairs, without keys. */
export function createBitgetVenue(): Venue {
  return {
    name: 'bitget',
    contracts: createBitgetContracts(),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://ws.bitget.com${SOCKET_PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: isServed,
        converse: () => new BitgetConversation(),
      },
    ],
  };
}
