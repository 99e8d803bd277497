/** An instrument of the paper venue, and how its invented market goes. Sizes and prices are decimal text. */
export interface PaperInstrument {
  readonly instId: string;
  readonly instType: 'SPOT' | 'SWAP';
  readonly baseCcy: string;
  /** What it is paid in, and for a swap also what it settles in. */
  readonly quoteCcy: string;
  /** Of a contract in the base currency; `1` for spot. */
  readonly ctVal: string;
  readonly tickSz: string;
  readonly lotSz: string;
  readonly minSz: string;
  /** How often the initial margin goes into the notional; `1` for spot. */
  readonly lever: string;
  readonly market: {
    /** Instruments of the same walk move together. */
    readonly walk: number;
    /** What the price wanders around. */
    readonly level: number;
    /** Of an ordinary day, in units of size. */
    readonly dailyVolume: number;
    /** About what stands at the best price. */
    readonly bestSize: number;
  };
}

/** The seed of the demo's prices, in its daily bars and at its venue. */
export const DEMO_PRICE_SEED = 12;

export const BTC_USDT: PaperInstrument = {
  instId: 'BTC-USDT',
  instType: 'SPOT',
  baseCcy: 'BTC',
  quoteCcy: 'USDT',
  ctVal: '1',
  tickSz: '0.1',
  lotSz: '0.00000001',
  minSz: '0.00001',
  lever: '1',
  market: { walk: 1, level: 42_000, dailyVolume: 30_000, bestSize: 0.25 },
};

const ETH_USDT: PaperInstrument = {
  instId: 'ETH-USDT',
  instType: 'SPOT',
  baseCcy: 'ETH',
  quoteCcy: 'USDT',
  ctVal: '1',
  tickSz: '0.01',
  lotSz: '0.000001',
  minSz: '0.0001',
  lever: '1',
  market: { walk: 2, level: 2_300, dailyVolume: 300_000, bestSize: 4 },
};

const BTC_USDT_SWAP: PaperInstrument = {
  instId: 'BTC-USDT-SWAP',
  instType: 'SWAP',
  baseCcy: 'BTC',
  quoteCcy: 'USDT',
  ctVal: '0.01',
  tickSz: '0.1',
  lotSz: '1',
  minSz: '1',
  lever: '3',
  market: { walk: 1, level: 42_010, dailyVolume: 9_000_000, bestSize: 60 },
};

export const PAPER_INSTRUMENTS: readonly PaperInstrument[] = [BTC_USDT, ETH_USDT, BTC_USDT_SWAP];
