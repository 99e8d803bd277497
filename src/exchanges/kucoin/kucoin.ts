import type { SocketLimits, Venue } from '../venue.ts';
import { createAdmission, heartbeatOf } from './admission.ts';
import { KucoinConversation } from './conversation.ts';
import { isSymbol } from './dialect.ts';

/** Until the venue has told one. */
const SOCKET_URL = 'wss://ws-api-spot.kucoin.com/';

/**
 * Of each address: 30 connections a minute, 100 messages in ten seconds and 300 channels on one, of which a quote takes
 * two: https://www.kucoin.com/docs/basic-info/request-rate-limit/websocket
 */
const LIMITS: SocketLimits = {
  connects: { most: 30, perMs: 60_000 },
  frames: { most: 100, perMs: 10_000 },
  topics: 150,
};

/** KuCoin's spot market. `restOrigin`: scheme, host and port, where the address of each socket is asked for. */
export function createKucoinVenue(restOrigin = 'https://api.kucoin.com'): Venue {
  return {
    name: 'kucoin',
    sockets: [
      {
        kind: 'PUBLIC',
        url: SOCKET_URL,
        heartbeat: heartbeatOf(undefined, undefined),
        limits: LIMITS,
        admission: createAdmission(restOrigin),
        carries: ({ symbol }) => isSymbol(symbol),
        converse: () => new KucoinConversation(),
      },
    ],
  };
}
