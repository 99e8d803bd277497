import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createHtxContracts } from './contracts.ts';
import { HtxConversation } from './conversation.ts';
import { channelsOf, isSymbol, PATH, pongTo } from './dialect.ts';

const HOST = 'api.huobi.pro';

/** The venue asks every 5 s, and closes what has not answered twice: https://huobiapi.github.io/docs/spot/v1/en/#websocket-market-data */
const HEARTBEAT: Heartbeat = { kind: 'serverMessage', answer: pongTo };

/** The venue names no bound; a request for each channel shall not come as one burst of hundreds. */
const LIMITS: SocketLimits = { frames: { most: 50, perMs: 1000 } };

/** HTX's spot market. */
export function createHtxVenue(): Venue {
  return {
    name: 'htx',
    contracts: createHtxContracts(`https://${HOST}`),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://${HOST}${PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: (topic) => isSymbol(topic.symbol) && channelsOf(topic).length > 0,
        converse: () => new HtxConversation(),
      },
    ],
  };
}
