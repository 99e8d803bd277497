import { isObject, type JsonObject, parseObject } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';

/**
 * Path of the feed. This file has the words of Coinbase Exchange's WebSocket feed for both ends of it:
 * https://docs.cdp.coinbase.com/exchange/websocket-feed/overview
 */
export const FEED_PATH = '/';

/** Far more than any request of a client here, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;

const CHANNEL_NAMES = ['ticker', 'matches', 'heartbeat'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Which channel a message with data belongs to. */
const CHANNEL_OF_TYPE: ReadonlyMap<unknown, ChannelName> = new Map([
  ['ticker', 'ticker'],
  ['match', 'matches'],
  ['last_match', 'matches'],
  ['heartbeat', 'heartbeat'],
]);

export interface CoinbaseRequest {
  readonly type: 'subscribe' | 'unsubscribe';
  /** As channelText writes them. */
  readonly channels: readonly string[];
}

/** Of a product: `BTC-USD`. */
const PRODUCT = /^[A-Z0-9]{1,32}-[A-Z0-9]{1,32}$/;
const REFUSAL = /^(\S{1,65}) is not a valid product$/;

export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && PRODUCT.test(received);
}

/** One channel of one product: `matches BTC-USD`. */
export function channelText(name: ChannelName, symbol: string): string {
  return `${name} ${symbol}`;
}

/** The channels that a topic is made from; bars are built from the matches and end with the heartbeats. */
export function channelsOf({ channel, symbol }: MarketTopic): readonly string[] {
  if (channel === 'ticks') return [channelText('ticker', symbol)];
  const matches = channelText('matches', symbol);
  return channel === 'trades' ? [matches] : [matches, channelText('heartbeat', symbol)];
}

/** The channel that a message brings data of; undefined for one that brings none. */
export function channelOfMessage(type: unknown, product: unknown): string | undefined {
  const name = CHANNEL_OF_TYPE.get(type);
  return name === undefined || !isSymbol(product) ? undefined : channelText(name, product);
}

/**
 * One request for each product, since the venue ignores the whole of one in which a product does not exist:
 * https://github.com/coinbase/coinbase-pro-node/issues/174
 */
export function writeRequests(type: CoinbaseRequest['type'], channels: readonly string[]): string[] {
  const byProduct = Map.groupBy(channels.map(split), ([, symbol]) => symbol);
  return [...byProduct].map(([symbol, ofProduct]) =>
    JSON.stringify({ type, channels: ofProduct.map(([name]) => ({ name, product_ids: [symbol] })) }),
  );
}

/** What a client asks for; undefined for what the venue would not understand. */
export function parseRequest(text: string): CoinbaseRequest | undefined {
  const request = parseObject(text);
  if (request?.type !== 'subscribe' && request?.type !== 'unsubscribe') return undefined;
  const channels = readChannels(request.channels, request.product_ids);
  return channels === undefined || channels.length === 0 ? undefined : { type: request.type, channels };
}

/** All that a connection is subscribed to, which the venue says after each request. */
export function writeSubscriptions(channels: readonly string[]): string {
  const byName = Map.groupBy(channels.map(split), ([name]) => name);
  const list = [...byName].map(([name, ofName]) => ({ name, product_ids: ofName.map(([, symbol]) => symbol) }));
  return JSON.stringify({ type: 'subscriptions', channels: list });
}

/** The channels that a list of them names, those of other names left out; undefined for what is no such list. */
export function readChannels(list: unknown, products: unknown = []): readonly string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const channels: string[] = [];
  for (const entry of list) {
    const { name, product_ids = products }: JsonObject = isObject(entry) ? entry : { name: entry };
    if (typeof name !== 'string' || !Array.isArray(product_ids)) return undefined;
    if (isChannelName(name)) channels.push(...product_ids.filter(isSymbol).map((symbol) => channelText(name, symbol)));
  }
  return channels;
}

export function writeRefusal(symbol: string): string {
  return writeError(`${symbol} is not a valid product`);
}

export function writeError(reason: string): string {
  return JSON.stringify({ type: 'error', message: 'Failed to subscribe', reason });
}

/** The product that an error says there is not. */
export function productOfRefusal(reason: string): string | undefined {
  return REFUSAL.exec(reason)?.[1];
}

function isChannelName(name: string): name is ChannelName {
  return CHANNEL_NAMES.some((each) => each === name);
}

function split(channel: string): readonly [string, string] {
  const [name = '', symbol = ''] = channel.split(' ');
  return [name, symbol];
}
