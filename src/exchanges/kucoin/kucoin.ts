import type { SocketLimits, Venue } from '../venue.ts';
import { createAdmission, heartbeatOf } from './admission.ts';
import { createKucoinContracts } from './contracts.ts';
import { KucoinConversation } from './conversation.ts';
import { isSymbol } from './dialect.ts';

const REST_URL = 'https://api.kucoin.com';
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

/** KuCoin's spot market. */
export function createKucoinVenue(): Venue {
  return {
    name: 'kucoin',
    contracts: createKucoinContracts(REST_URL),
    sockets: [
      {
        kind: 'PUBLIC',
        url: SOCKET_URL,
        heartbeat: heartbeatOf(undefined, undefined),
        limits: LIMITS,
        admission: createAdmission(REST_URL),
        carries: ({ symbol }) => isSymbol(symbol),
        converse: () => new KucoinConversation(),
      },
    ],
  };
}
