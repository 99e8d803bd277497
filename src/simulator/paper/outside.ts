import { compareDecimals } from '../../domain/decimal-text.ts';
import { trimmed } from './decimal.ts';
import type { Level, Quotes } from './depth.ts';
import type { Engine } from './engine.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import { isRefusal } from './order-check.ts';

/** An order as the fields of OKX's request name it, texts all. */
export interface OutsideOrder {
  readonly instId: string;
  readonly side: 'buy' | 'sell';
  readonly ordType: 'limit' | 'market' | 'post_only' | 'ioc' | 'fok';
  readonly sz: string;
  /** Left out for market. */
  readonly px?: string;
  readonly clOrdId?: string;
}

/** What happens at the venue past its protocol. Each fails with an Error that has the venue's words for it. */
export interface OutsideTrading {
  /** Places an order of the same account, as from the venue's website; answers its ordId. Sizes are in coins or contracts. */
  place(order: OutsideOrder): string;
  cancel(ordId: string): void;
  /**
   * A print of others at a price: orders of the account that it reaches are filled before them, best price first, up to
   * its size, and the quotes move to the price.
   */
  trade(instId: string, px: string, sz: string): void;
  last(instId: string): Level;
  /** The depth that an order meets. */
  quotes(instId: string): Quotes;
}

export function createOutsideTrading(engine: Engine, markets: ReadonlyMap<string, InstrumentMarket>): OutsideTrading {
  const marketOf = (instId: string): InstrumentMarket => {
    const market = markets.get(instId);
    if (market === undefined) throw new Error(`there is no market of ${instId}`);
    return market;
  };
  return {
    place: (order) => {
      const tdMode = marketOf(order.instId).instrument.instType === 'SPOT' ? 'cash' : 'cross';
      const placed = engine.place({ tdMode, tgtCcy: 'base_ccy', ...order });
      if (isRefusal(placed)) throw new Error(`${placed.code} ${placed.msg}`);
      return placed.ordId;
    },
    cancel: (ordId) => {
      const cancelled = engine.cancel({ ordId, clOrdId: '' });
      if (isRefusal(cancelled)) throw new Error(`${cancelled.code} ${cancelled.msg}`);
    },
    trade: (instId, px, sz) => {
      const { last } = marketOf(instId);
      const side = compareDecimals(px, last.px) < 0 ? 'sell' : 'buy';
      engine.moveAndTrade(instId, { px: trimmed(px), sz: trimmed(sz), side });
    },
    last: (instId) => marketOf(instId).last,
    quotes: (instId) => marketOf(instId).quotes,
  };
}
