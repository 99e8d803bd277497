import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createDeribitContracts } from './contracts.ts';
import { DeribitConversation } from './conversation.ts';
import { isServed, isTestRequest, SOCKET_PATH, writeTest } from './dialect.ts';

/**
 * Whoever leaves a test request without an answer is disconnected:
 * https://docs.deribit.com/api-reference/session-management/public-set_heartbeat
 */
const HEARTBEAT: Heartbeat = {
  kind: 'serverMessage',
  answer: (text) => (isTestRequest(text) ? writeTest() : undefined),
};

/** Of requests for channels: https://docs.deribit.com/api-reference/subscription-management/public-subscribe */
const LIMITS: SocketLimits = { frames: { most: 3, perMs: 1_000 } };

/** Deribit's market data, without keys. */
export function createDeribitVenue(): Venue {
  return {
    name: 'deribit',
    contracts: createDeribitContracts(),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://www.deribit.com${SOCKET_PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: isServed,
        converse: () => new DeribitConversation(),
      },
    ],
  };
}
