import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals } from '../../../src/domain/decimal-text.ts';
import { type AccountEvent, AccountState, type PaperFill } from '../../../src/simulator/paper/account-state.ts';
import { minus, plus, times } from '../../../src/simulator/paper/decimal.ts';
import { Engine } from '../../../src/simulator/paper/engine.ts';
import { InstrumentMarket } from '../../../src/simulator/paper/instrument-market.ts';
import { PAPER_INSTRUMENTS } from '../../../src/simulator/paper/instruments.ts';
import { needOf } from '../../../src/simulator/paper/order-holds.ts';
import { createSeededRandom } from '../../../src/simulator/seeded-random.ts';

const OPENING = { USDT: '100000', BTC: '2', ETH: '20' };
const INSTRUMENTS = new Map(PAPER_INSTRUMENTS.map((each) => [each.instId, each]));
const IDS = [...INSTRUMENTS.keys()];
const START = Date.UTC(2026, 10, 20);

/** An engine without sockets, and what it wrote down. */
function createEngine(write: (line: string) => void = () => {}): {
  engine: Engine;
  lines: string[];
  prices: Map<string, number>;
} {
  const lines: string[] = [];
  const state = new AccountState(INSTRUMENTS);
  const opened: AccountEvent = { type: 'OPENED', balances: OPENING, at: START };
  state.apply(opened);
  lines.push(JSON.stringify([opened]));
  const random = createSeededRandom(3);
  const markets = new Map(
    PAPER_INSTRUMENTS.map((instrument) => {
      const market = new InstrumentMarket({ instrument, seed: 5, random, now: START, firstTradeId: 1 });
      return [instrument.instId, market];
    }),
  );
  const ignore = (): void => {};
  const engine = new Engine({
    state,
    markets,
    instruments: INSTRUMENTS,
    journal: {
      append: (events) => {
        write(JSON.stringify(events));
        lines.push(JSON.stringify(events));
      },
      close: ignore,
    },
    now: () => START,
    isQuiet: true,
    listener: { onPrints: ignore, onState: ignore, onOrders: ignore, onAccount: ignore },
  });
  return { engine, lines, prices: new Map([...markets].map(([instId, { last }]) => [instId, Number(last.px)])) };
}

const instId = fc.constantFrom(...IDS);
const side = fc.constantFrom('buy' as const, 'sell' as const);
/** Of the price at the start: swings that leave margins intact. */
const share = fc.integer({ min: 920, max: 1080 }).map((thousandths) => thousandths / 1000);
const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('place' as const),
      instId,
      side,
      ordType: fc.constantFrom('limit', 'limit', 'market', 'post_only', 'ioc', 'fok'),
      share,
      size: fc.integer({ min: 1, max: 3000 }),
      reduceOnly: fc.boolean(),
      isInQuote: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), index: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('trade' as const),
      instId,
      side,
      share,
      size: fc.integer({ min: 1, max: 3000 }),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

function sizeText(id: string, size: number): string {
  return id.endsWith('SWAP') ? String(size) : times(String(size), '0.001');
}

function carryOut({ engine, prices }: ReturnType<typeof createEngine>, step: Act): void {
  if (step.act === 'cancel') {
    const [ordId = ''] = [...engine.state.orders.keys()].slice(step.index);
    engine.cancel({ ordId, clOrdId: '' });
    return;
  }
  const px = ((prices.get(step.instId) ?? 0) * step.share).toFixed(0);
  const sz = sizeText(step.instId, step.size);
  if (step.act === 'trade') {
    engine.moveAndTrade(step.instId, { px, sz, side: step.side });
    return;
  }
  const { ordType, reduceOnly } = step;
  const tdMode = step.instId.endsWith('SWAP') ? 'cross' : 'cash';
  const tgtCcy = step.isInQuote ? 'quote_ccy' : 'base_ccy';
  engine.place({ instId: step.instId, side: step.side, ordType, tdMode, tgtCcy, reduceOnly, sz, px });
}

function sumOf(fills: readonly PaperFill[], amount: (fill: PaperFill) => string): string {
  return plus(...fills.map(amount));
}

/** Cash that follows from nothing but the fills. */
function cashFromFills(ccy: string, { fills }: AccountState): string {
  return plus(
    OPENING[ccy as keyof typeof OPENING],
    sumOf(fills, (fill) => {
      const instrument = INSTRUMENTS.get(fill.instId);
      const fee = fill.feeCcy === ccy ? fill.fee : '0';
      if (instrument?.instType === 'SWAP') return ccy === 'USDT' ? plus(fee, fill.pnl) : fee;
      const sign = fill.side === 'buy' ? '1' : '-1';
      if (instrument?.baseCcy === ccy) return plus(fee, times(sign, fill.sz));
      return ccy === 'USDT' ? minus(fee, times(sign, fill.sz, fill.px)) : fee;
    }),
  );
}

/** What is held for working orders, summed over all of them. */
function heldBySum(ccy: string, { working, positions }: AccountState): string {
  const needs = [...working.values()].flatMap((order) => {
    const instrument = INSTRUMENTS.get(order.instId);
    const rest = { ...order, sz: minus(order.sz, order.filled) };
    return instrument === undefined ? [] : [needOf(instrument, positions.get(order.instId), rest)];
  });
  return plus(...needs.map((need) => (need.ccy === ccy ? need.amount : '0')));
}

describe('the engine of the paper venue', () => {
  it('never fills more than was asked for, and loses and makes no money but fees, whatever happens', () => {
    let filledOrders = 0;
    const takers = new Set<string>();
    fc.assert(
      fc.property(fc.array(act, { minLength: 10, maxLength: 60 }), (steps) => {
        const created = createEngine();
        const { state, view } = created.engine;
        for (const step of steps) {
          carryOut(created, step);
          for (const ccy of Object.keys(OPENING)) {
            const { cash, ordFrozen, imr, upl, available } = view.currency(ccy);
            expect(cash).toBe(cashFromFills(ccy, state));
            expect(ordFrozen).toBe(heldBySum(ccy, state));
            expect(compareDecimals(cash, ordFrozen)).toBeGreaterThanOrEqual(0);
            expect(compareDecimals(cash, '0')).toBeGreaterThanOrEqual(0);
            const free = minus(plus(cash, upl.startsWith('-') ? upl : '0'), plus(ordFrozen, imr));
            expect(available).toBe(free.startsWith('-') ? '0' : free);
          }
        }
        for (const order of state.orders.values()) {
          const fills = state.fills.filter(({ ordId }) => ordId === order.ordId);
          expect(order.filled).toBe(sumOf(fills, ({ sz }) => sz));
          expect(order.cost).toBe(sumOf(fills, ({ sz, px }) => times(sz, px)));
          const asked = order.tgtCcy === 'quote_ccy' ? order.cost : order.filled;
          expect(compareDecimals(asked, order.sz)).toBeLessThanOrEqual(0);
          if (order.state === 'filled' && order.tgtCcy !== 'quote_ccy') expect(order.filled).toBe(order.sz);
          if (order.state === 'filled') filledOrders += 1;
          const isTaker = fills.some(({ execType }) => execType === 'T');
          if (isTaker) takers.add(`${order.side} ${order.tgtCcy}`);
          for (const fill of fills) {
            const isWithin =
              order.side === 'buy'
                ? compareDecimals(fill.px, order.px || fill.px) <= 0
                : compareDecimals(fill.px, order.px || fill.px) >= 0;
            expect(isWithin).toBe(true);
          }
        }
        for (const position of state.positions.values()) {
          const fills = state.fills.filter((fill) => fill.instId === position.instId);
          expect(position.pos).toBe(sumOf(fills, (fill) => times(fill.side === 'buy' ? '1' : '-1', fill.sz)));
        }
        const tradeIds = state.fills.map((fill) => `${fill.instId} ${fill.tradeId}`);
        expect(new Set(tradeIds).size).toBe(tradeIds.length);
        expect(new Set(state.fills.map(({ billId }) => billId)).size).toBe(tradeIds.length);
      }),
    );
    // The property is about something.
    expect(filledOrders).toBeGreaterThan(100);
    expect([...takers].toSorted()).toEqual([
      'buy ',
      'buy base_ccy',
      'buy quote_ccy',
      'sell ',
      'sell base_ccy',
      'sell quote_ccy',
    ]);
  });

  it('is the same again when all that was written down is read', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 10, maxLength: 60 }), fc.nat(40), (steps, cut) => {
        const created = createEngine();
        for (const step of steps) carryOut(created, step);
        // Read in two parts, with a snapshot in between, as after a start in the middle.
        let again = new AccountState(INSTRUMENTS);
        for (const [index, line] of created.lines.entries()) {
          if (index === cut) again = new AccountState(INSTRUMENTS, JSON.parse(JSON.stringify(again.toSnapshot())));
          for (const event of JSON.parse(line) as AccountEvent[]) again.apply(event);
        }
        expect(again.toSnapshot()).toEqual(created.engine.state.toSnapshot());
        expect([...again.working]).toEqual([...created.engine.state.working]);
        for (const ccy of Object.keys(OPENING)) {
          expect(again.heldByOrders(ccy)).toBe(created.engine.state.heldByOrders(ccy));
        }
      }),
    );
  });

  it('does nothing that it could not write down', () => {
    let isFull = false;
    const { engine } = createEngine(() => {
      if (isFull) throw new Error('the disk is full');
    });
    const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', tgtCcy: 'base_ccy', sz: '0.1' };
    engine.place(order);
    const state = engine.state.toSnapshot();
    isFull = true;
    expect(() => engine.place(order)).toThrow('the disk is full');
    expect(engine.state.toSnapshot()).toEqual(state);
    isFull = false;
    expect(engine.place(order)).not.toHaveProperty('code');
    expect(plus(...engine.state.fills.map(({ sz }) => sz))).toBe('0.2');
  });

  it('keeps the newest 2,000 orders that have ended, and all that work', () => {
    const { engine, prices } = createEngine();
    const px = ((prices.get('BTC-USDT') ?? 0) * 0.9).toFixed(0);
    const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.0001', px };
    engine.place({ ...order, clOrdId: 'works' });
    for (let count = 0; count <= 2500; count++) {
      engine.place({ ...order, clOrdId: `order${count}` });
      engine.cancel({ ordId: '', clOrdId: `order${count}` });
    }
    engine.place({ ...order, clOrdId: 'works2' });
    expect(engine.state.orders.size).toBe(2002);
    expect(engine.state.working.size).toBe(2);
    expect(engine.find({ ordId: '', clOrdId: 'order500' })).toBeUndefined();
    expect(engine.find({ ordId: '', clOrdId: 'order501' })?.state).toBe('canceled');
  });

  it('counts the need of orders against a position anew when the position has changed', () => {
    const { engine, prices } = createEngine();
    const { state } = engine;
    const order = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', ordType: 'limit' };
    const px = (share: number): string => ((prices.get('BTC-USDT-SWAP') ?? 0) * share).toFixed(0);
    engine.place({ ...order, side: 'sell', sz: '5', px: px(1.2) });
    const alone = state.heldByOrders('USDT');
    engine.place({ ...order, side: 'buy', ordType: 'market', sz: '3' });
    const covered = state.heldByOrders('USDT');
    expect(compareDecimals(covered, alone)).toBeLessThan(0);
    expect(covered).toBe(heldBySum('USDT', state));
    engine.place({ ...order, side: 'sell', ordType: 'market', sz: '3' });
    expect(state.heldByOrders('USDT')).toBe(alone);
  });

  it('lets 4,000 orders work, and one more when one of them has ended', () => {
    const { engine, prices } = createEngine();
    const px = ((prices.get('BTC-USDT') ?? 0) * 0.9).toFixed(0);
    const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.00001', px };
    for (let count = 0; count < 4000; count++) engine.place({ ...order, clOrdId: `order${count}` });
    expect(engine.state.working.size).toBe(4000);
    const msg = 'The number of pending orders reached the upper limit of 4000 (orders).';
    expect(engine.place(order)).toEqual({ code: '51174', msg });
    expect(engine.place({ ...order, ordType: 'market' })).toMatchObject({ code: '51174' });
    engine.cancel({ ordId: '', clOrdId: 'order7' });
    expect(engine.place(order)).toMatchObject({ state: 'live' });
  });
});
