import type { OkxAccountRow, OkxPositionRow } from '../../exchanges/okx/account-dialect.ts';
import { plus } from './decimal.ts';
import type { Engine } from './engine.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { PaperInstrument } from './instruments.ts';
import { balanceDetail, positionRow } from './rows.ts';

/** The dollar, as far as the paper venue is concerned. */
const DOLLAR = 'USDT';

/** The account as the venue tells of it, at the prices that were last traded. */
export class AccountPages {
  readonly #engine: Engine;
  readonly #markets: ReadonlyMap<string, InstrumentMarket>;
  readonly #now: () => number;

  constructor(engine: Engine, markets: ReadonlyMap<string, InstrumentMarket>, now: () => number) {
    this.#engine = engine;
    this.#markets = markets;
    this.#now = now;
  }

  /** Open positions, and those that were closed. */
  positions(): OkxPositionRow[] {
    return [...this.#engine.state.positions.keys()].flatMap((instId) => this.position(instId) ?? []);
  }

  position(instId: string): OkxPositionRow | undefined {
    const market = this.#markets.get(instId);
    const position = this.#engine.state.positions.get(instId);
    if (market === undefined || position === undefined) return undefined;
    return positionRow({ instrument: market.instrument, position, last: market.last.px, now: this.#now() });
  }

  /** With all currencies, or only those. */
  account(currencies?: readonly string[]): OkxAccountRow {
    const { state, view } = this.#engine;
    const details = [...state.cash].map(([ccy, { updatedAt }]) => {
      return balanceDetail(ccy, view.currency(ccy), { updatedAt, usdPrice: this.#usdPrice(ccy) });
    });
    const wanted = details.filter(({ ccy }) => currencies?.includes(ccy) ?? true);
    const totalEq = plus(...details.map(({ eqUsd }) => eqUsd));
    return { uTime: String(this.#now()), totalEq, details: wanted };
  }

  accountOf({ instType, baseCcy, quoteCcy }: PaperInstrument): OkxAccountRow {
    return this.account(instType === 'SPOT' ? [baseCcy, quoteCcy] : [quoteCcy]);
  }

  #usdPrice(ccy: string): string {
    if (ccy === DOLLAR) return '1';
    const market = this.#markets.values().find(({ instrument }) => {
      return instrument.instType === 'SPOT' && instrument.baseCcy === ccy && instrument.quoteCcy === DOLLAR;
    });
    return market?.last.px ?? '0';
  }
}
