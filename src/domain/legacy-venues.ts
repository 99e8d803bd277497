/** What became of a venue that the desks of 2020 had a gateway for. */
export type LegacyVenue =
  /** `venue` is our name of it. */
  | { readonly standing: 'OFFERED'; readonly venue: string }
  /** `since` is the month in which it ended: `2022-11`. */
  | { readonly standing: 'DEFUNCT'; readonly since: string; readonly reason: string }
  | { readonly standing: 'NOT_OFFERED'; readonly reason: string };

const HUOBI_DERIVATIVES = 'of HTX only the spot market is read';
const FCOIN = { standing: 'DEFUNCT', since: '2020-02', reason: 'FCoin could not pay its customers' } as const;
const FTX = { standing: 'DEFUNCT', since: '2022-11', reason: 'FTX is bankrupt' } as const;

/** By the names that vn.py's gateways had for them, and those that the same operators used elsewhere. */
const LEGACY_VENUES: Readonly<Record<string, LegacyVenue>> = {
  FCOIN,
  FMEX: FCOIN,
  LIQUID: { standing: 'DEFUNCT', since: '2022-11', reason: 'Quoine has stopped Liquid' },
  FTX_SWAP: FTX,
  FTX_FUTURES: FTX,
  GATE: { standing: 'OFFERED', venue: 'gate' },
  GATE_SWAP: { standing: 'OFFERED', venue: 'gate-futures' },
  KRAKEN: { standing: 'OFFERED', venue: 'kraken' },
  KUCOIN: { standing: 'OFFERED', venue: 'kucoin' },
  BITFINEX: { standing: 'OFFERED', venue: 'bitfinex' },
  BITFINEX_SWAP: { standing: 'OFFERED', venue: 'bitfinex' },
  BYBIT_SWAP: { standing: 'OFFERED', venue: 'bybit-inverse' },
  BYBIT_USWAP: { standing: 'OFFERED', venue: 'bybit-linear' },
  HUOBI: { standing: 'OFFERED', venue: 'htx' },
  HUOBI_FUTURES: { standing: 'NOT_OFFERED', reason: HUOBI_DERIVATIVES },
  HUOBI_SWAP: { standing: 'NOT_OFFERED', reason: HUOBI_DERIVATIVES },
  UPBIT: { standing: 'OFFERED', venue: 'upbit' },
  BITBANK: { standing: 'NOT_OFFERED', reason: 'nobody has asked for it yet' },
  BITMAX: { standing: 'NOT_OFFERED', reason: 'AscendEX, as it is called now, has paid nothing out since 2026-06' },
};

/** The names, in capitals, that legacyVenue knows. */
export const LEGACY_VENUE_NAMES: readonly string[] = Object.keys(LEGACY_VENUES);

/** By its name in any case, with - or _; undefined for a name that is none of them. */
export function legacyVenue(name: string): LegacyVenue | undefined {
  const key = name.toUpperCase().replaceAll('-', '_');
  return Object.hasOwn(LEGACY_VENUES, key) ? LEGACY_VENUES[key] : undefined;
}
