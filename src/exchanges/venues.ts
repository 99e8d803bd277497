import { createBinanceUsdmVenue, createBinanceVenue } from './binance/binance.ts';
import { createBitfinexVenue } from './bitfinex/bitfinex.ts';
import { createBitgetVenue } from './bitget/bitget.ts';
import { createBybitVenue } from './bybit/bybit.ts';
import { createCoinbaseVenue } from './coinbase/coinbase.ts';
import { createDeribitVenue } from './deribit/deribit.ts';
import { createGateVenue } from './gate/gate.ts';
import { createHtxVenue } from './htx/htx.ts';
import { createKrakenVenue } from './kraken/kraken.ts';
import { createKucoinVenue } from './kucoin/kucoin.ts';
import { createOkxVenue } from './okx/okx.ts';
import { createUpbitVenue } from './upbit/upbit.ts';
import type { Venue } from './venue.ts';

const VENUES: readonly Venue[] = [
  createOkxVenue({ name: 'okx', origin: 'wss://ws.okx.com:8443', restOrigin: 'https://www.okx.com', isLimited: true }),
  createKrakenVenue(),
  createKucoinVenue(),
  createHtxVenue(),
  createBitfinexVenue(),
  createBinanceVenue(),
  createBinanceUsdmVenue(),
  createBybitVenue('bybit', 'spot'),
  createBybitVenue('bybit-linear', 'linear'),
  createBybitVenue('bybit-inverse', 'inverse'),
  createGateVenue('gate', 'spot'),
  createGateVenue('gate-futures', 'futures'),
  createCoinbaseVenue(),
  createDeribitVenue(),
  createUpbitVenue(),
  createBitgetVenue(),
  // Where the paper venue listens is known only once it does: a gateway gets its addresses as options.
  createOkxVenue({ name: 'paper', origin: 'ws://127.0.0.1', restOrigin: 'http://127.0.0.1' }),
];

/** The venue of a configured name; undefined for one that there is not. */
export function findVenue(name: string): Venue | undefined {
  return VENUES.find((venue) => venue.name === name);
}
