import type { Reader } from '../bus/bus.ts';
import { badUserInput, notFound, quoted } from '../domain/errors.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import { assertSymbol } from '../domain/order-form.ts';
import type { GatewaySession } from '../exchanges/gateways.ts';
import type { GraphContext } from './context.ts';
import { holdingUntilEnd } from './held-reader.ts';

const MOST_SYMBOLS = 500;

/** What names symbols of a gateway, as `symbolArguments` declares it. */
interface SymbolArguments {
  readonly gateway: string;
  readonly symbols: readonly string[];
}

/** The gateway of this name. Fails with NOT_FOUND. */
export function gatewayOf({ gateways }: GraphContext, name: string): GatewaySession {
  const session = gateways.find((each) => each.name === name);
  if (session === undefined) throw notFound(`there is no gateway ${quoted(name)}`);
  return session;
}

/** The symbols asked for, each once, in the order asked. Fails with BAD_USER_INPUT. */
export function symbolsOf({ symbols }: SymbolArguments): readonly string[] {
  if (symbols.length === 0 || symbols.length > MOST_SYMBOLS) {
    throw badUserInput(`received ${symbols.length} symbols, wanted 1 to ${MOST_SYMBOLS}`);
  }
  for (const symbol of symbols) assertSymbol(symbol);
  return [...new Set(symbols)];
}

export interface MarketFollowing<Value> {
  readonly session: GatewaySession;
  readonly topics: readonly MarketTopic[];
  /** Attached to the bus before the venue is asked, so that nothing which comes of it is missed. */
  readonly reader: Reader<Value>;
}

/** Reads from the bus and keeps the venue sending for as long as somebody reads. */
export function followMarket<Value>({ session, topics, reader }: MarketFollowing<Value>): Reader<Value> {
  const release = session.want(topics);
  return holdingUntilEnd(reader, release);
}
