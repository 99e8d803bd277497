import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createUpbitContracts } from './contracts.ts';
import { UpbitConversation } from './conversation.ts';
import { isServed, SOCKET_PATH } from './dialect.ts';

/** The venue ends what is silent for 120 s: https://docs.upbit.com/kr/reference/websocket-guide */
const HEARTBEAT: Heartbeat = { kind: 'frame', intervalMs: 60_000, timeoutMs: 10_000 };

/** Of each address; of requests both 5 a second and 100 a minute: https://docs.upbit.com/kr/reference/rate-limits */
const LIMITS: SocketLimits = {
  connects: { most: 5, perMs: 1_000 },
  frames: { most: 5, perMs: 3_000 },
};

/** Upbit's market data, without keys. */
export function createUpbitVenue(): Venue {
  return {
    name: 'upbit',
    contracts: createUpbitContracts(),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://api.upbit.com${SOCKET_PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: isServed,
        converse: () => new UpbitConversation(),
      },
    ],
  };
}
