import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createBitfinexContracts } from './contracts.ts';
import { BitfinexConversation } from './conversation.ts';
import { PATH, parseEvent, toSubscription, writePing } from './dialect.ts';

const HOST = 'api-pub.bitfinex.com';

/** https://docs.bitfinex.com/docs/ws-general */
const HEARTBEAT: Heartbeat = {
  kind: 'message',
  ping: (_, count) => writePing(count),
  isPong: (text) => text.includes('"pong"') && parseEvent(text)?.event === 'pong',
  intervalMs: 15_000,
  timeoutMs: 10_000,
};

/** Of each address 20 connections a minute; 25 channels on one are never too many: https://docs.bitfinex.com/docs/requirements-and-limitations */
const LIMITS: SocketLimits = { connects: { most: 20, perMs: 60_000 }, topics: 25 };

/** The trading pairs of Bitfinex. */
export function createBitfinexVenue(): Venue {
  return {
    name: 'bitfinex',
    contracts: createBitfinexContracts(`https://${HOST}`),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://${HOST}${PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: (topic) => toSubscription(topic) !== undefined,
        converse: () => new BitfinexConversation(),
      },
    ],
  };
}
