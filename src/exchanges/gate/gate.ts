import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { Venue } from '../venue.ts';
import { createGateContracts } from './contracts.ts';
import { converse } from './conversation.ts';
import { type GateMarket, hasInterval, isPong, isSymbol, PATHS, writePing } from './dialect.ts';

const ORIGINS: Readonly<Record<GateMarket, string>> = {
  spot: 'wss://api.gateio.ws',
  futures: 'wss://fx-ws.gateio.ws',
};

/** Without it sizes of contracts come as whole numbers: https://www.gate.com/docs/developers/futures/ws/en/ */
const HEADERS: Readonly<Record<GateMarket, Readonly<Record<string, string>>>> = {
  spot: {},
  futures: { 'X-Gate-Size-Decimal': '1' },
};

/**
 * The spot market, or the futures that are settled in USDT, whose sizes are in contracts. No bound of requests or
 * connections is documented: https://www.gate.com/docs/developers/apiv4/ws/en/
 */
export function createGateVenue(name: string, market: GateMarket): Venue {
  return {
    name,
    sockets: [
      {
        kind: 'PUBLIC',
        url: `${ORIGINS[market]}${PATHS[market]}`,
        headers: HEADERS[market],
        heartbeat: heartbeatOf(market),
        carries: (topic) => isSymbol(topic.symbol) && (topic.channel !== 'bars' || hasInterval(topic.interval)),
        converse: (now) => converse(market, now),
      },
    ],
    contracts: createGateContracts(market),
  };
}

/** https://www.gate.com/docs/developers/apiv4/ws/en/#application-ping-pong */
function heartbeatOf(market: GateMarket): Heartbeat {
  return {
    kind: 'message',
    ping: (now) => writePing(market, Math.floor(now / 1000)),
    isPong: (text) => isPong(market, text),
    intervalMs: 15_000,
    timeoutMs: 10_000,
  };
}
