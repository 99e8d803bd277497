import { type Day, formatDay, instantOfDay, parseDay } from '../domain/day.ts';
import { round, type SimulatedDay, type SimulatedOrder, type Strategy, simulate } from './demo-strategy.ts';

const HISTORY_START = '2025-01-02';
const REALTIME_START = '2026-01-05';

const STRATEGIES: readonly Strategy[] = [
  {
    ...futures('demo-cta', 11),
    exchangeId: 'SHFE',
    instrumentOn: (day) => `rb${contractMonth(day)}`,
    startPrice: 3350,
    tick: 1,
    multiplier: 10,
  },
  {
    ...futures('demo-arbitrage', 12),
    exchangeId: 'DCE',
    instrumentOn: (day) => `m${contractMonth(day)}`,
    startPrice: 2880,
    tick: 1,
    multiplier: 10,
  },
  {
    ...futures('demo-stock', 13),
    exchangeId: 'SSE',
    instrumentOn: () => '600519',
    startPrice: 1480,
    tick: 0.01,
    multiplier: 1,
    marginRate: 1,
    feePerLot: 0.4,
    maxLots: 300,
    canSellShort: false,
    cash: 1_000_000,
  },
];

const LIVE_STRATEGY: Strategy = {
  ...futures('demo-sim', 14),
  exchangeId: 'SHFE',
  instrumentOn: (day) => `au${contractMonth(day)}`,
  startPrice: 780,
  tick: 0.02,
  multiplier: 1000,
  maxLots: 3,
  cash: 2_000_000,
};

/** Simulated accounts as the Python writer of QUANTAXIS stores settled days, from the second of January 2025 on. */
export function* demoHistoryDocuments(throughDay: Day): Generator<unknown> {
  for (const strategy of STRATEGIES) {
    for (const state of simulate(strategy, { from: startDay(HISTORY_START), throughDay })) {
      yield historyDocument(strategy, state);
    }
  }
}

/** A simulated account as QATrader writes its latest state, four times a day. */
export function* demoRealtimeDocuments(throughDay: Day): Generator<unknown> {
  for (const state of simulate(LIVE_STRATEGY, { from: startDay(REALTIME_START), throughDay })) {
    for (const [index, time] of ['09:30:00', '11:00:00', '14:00:00', '15:00:00'].entries()) {
      const share = (index + 1) / 4;
      const balance = round(state.preBalance + (state.balance - state.preBalance) * share, 2);
      const updatetime = `${formatDay(state.day)} ${time}.${String(state.day % 1000).padStart(3, '0')}000`;
      yield realtimeDocument(state, { balance, updatetime });
    }
  }
}

function historyDocument(strategy: Strategy, state: SimulatedDay): unknown {
  const { accountCookie } = strategy;
  const { floatProfit, margin } = heldFigures(strategy, state);
  return {
    account_cookie: accountCookie,
    portfolio: 'demo',
    model: 'BACKTEST',
    broker_name: 'Simulated',
    investor_name: '',
    updatetime: '',
    trading_day: formatDay(state.day),
    status: 200,
    accounts: {
      ...commonFigures(state, accountCookie),
      float_profit: floatProfit,
      margin,
      available: round(state.balance - margin, 2),
      risk_ratio: margin / state.balance,
    },
    positions: positionsOf(strategy, state, '.'),
    orders: Object.fromEntries(state.orders.map((order) => [order.id, orderOf(order, strategy)])),
    trades: Object.fromEntries(
      state.orders.filter(({ isFilled }) => isFilled).map((order) => [`${order.id}-t`, tradeOf(order, strategy)]),
    ),
    event: {},
    transfers: {},
    banks: {},
    frozen: {},
    settlement: {},
  };
}

function realtimeDocument(state: SimulatedDay, at: { balance: number; updatetime: string }): unknown {
  const { floatProfit, margin } = heldFigures(LIVE_STRATEGY, state);
  return {
    account_cookie: LIVE_STRATEGY.accountCookie,
    portfolio: 'demo-live',
    broker_name: 'Simulated',
    investor_name: '',
    updatetime: at.updatetime,
    trading_day: formatDay(state.day).replaceAll('-', ''),
    status: 200,
    accounts: {
      ...commonFigures(state, LIVE_STRATEGY.accountCookie),
      float_profit: floatProfit,
      balance: at.balance,
      margin,
      available: round(at.balance - margin, 2),
      risk_ratio: margin / at.balance,
    },
    positions: positionsOf(LIVE_STRATEGY, state, '_'),
    orders: Object.fromEntries(state.orders.map((order) => [order.id, orderOf(order, LIVE_STRATEGY)])),
    trades: Object.fromEntries(
      state.orders
        .filter(({ isFilled }) => isFilled)
        .map((order, index) => [String(index + 1), tradeOf(order, LIVE_STRATEGY, index)]),
    ),
    event: {},
    transfers: {},
    banks: {},
    settlement: {},
  };
}

function commonFigures(state: SimulatedDay, accountCookie: string): Record<string, unknown> {
  return {
    user_id: accountCookie,
    currency: 'CNY',
    pre_balance: state.preBalance,
    static_balance: round(state.preBalance + state.deposit - state.withdraw, 2),
    deposit: state.deposit,
    withdraw: state.withdraw,
    WithdrawQuota: 0,
    close_profit: state.closeProfit,
    position_profit: state.positionProfit,
    commission: state.commission,
    premium: 0,
    balance: state.balance,
    frozen_margin: 0,
    frozen_commission: 0,
    frozen_premium: 0,
  };
}

function heldFigures({ multiplier, marginRate }: Strategy, { holding, close }: SimulatedDay) {
  if (holding === undefined) return { floatProfit: 0, margin: 0 };
  return {
    floatProfit: round(holding.lots * (close - holding.openPrice) * multiplier, 2),
    margin: round(Math.abs(holding.lots) * close * multiplier * marginRate, 2),
  };
}

function positionsOf(strategy: Strategy, state: SimulatedDay, separator: string): Record<string, unknown> {
  const { holding, day, close } = state;
  if (holding === undefined) return {};
  const { floatProfit, margin } = heldFigures(strategy, state);
  const lots = Math.abs(holding.lots);
  const side = holding.lots > 0 ? 'long' : 'short';
  const other = holding.lots > 0 ? 'short' : 'long';
  const today = holding.openedOn === day ? lots : 0;
  const position = {
    user_id: strategy.accountCookie,
    exchange_id: strategy.exchangeId,
    instrument_id: holding.instrumentId,
    [`volume_${side}_today`]: today,
    [`volume_${side}_his`]: lots - today,
    [`volume_${side}`]: lots,
    [`volume_${side}_frozen`]: 0,
    [`volume_${other}_today`]: 0,
    [`volume_${other}_his`]: 0,
    [`volume_${other}`]: 0,
    [`volume_${other}_frozen`]: 0,
    [`open_price_${side}`]: holding.openPrice,
    [`open_cost_${side}`]: round(holding.openPrice * lots * strategy.multiplier, 2),
    [`position_price_${side}`]: holding.openPrice,
    [`open_price_${other}`]: 0,
    [`open_cost_${other}`]: 0,
    [`position_price_${other}`]: 0,
    last_price: close,
    float_profit: floatProfit,
    position_profit: state.positionProfit,
    margin,
  };
  return { [`${strategy.exchangeId}${separator}${holding.instrumentId}`]: position };
}

function orderOf(order: SimulatedOrder, { accountCookie, exchangeId }: Strategy): unknown {
  return {
    user_id: accountCookie,
    order_id: order.id,
    exchange_id: exchangeId,
    instrument_id: order.instrumentId,
    direction: order.direction,
    offset: order.offset,
    volume_orign: order.lots,
    price_type: 'LIMIT',
    limit_price: order.price,
    time_condition: 'GFD',
    volume_condition: 'ANY',
    insert_date_time: { $numberLong: String(order.at) },
    exchange_order_id: order.id,
    status: 'FINISHED',
    volume_left: order.isFilled ? 0 : order.lots,
    last_msg: order.isFilled ? '全部成交' : '已撤单',
  };
}

function tradeOf(order: SimulatedOrder, { accountCookie, exchangeId, feePerLot }: Strategy, index?: number): unknown {
  return {
    user_id: accountCookie,
    trade_id: index === undefined ? `${order.id}-t` : String(index + 1),
    exchange_id: exchangeId,
    instrument_id: order.instrumentId,
    order_id: order.id,
    exchange_trade_id: `${order.id}-t`,
    direction: order.direction,
    offset: order.offset,
    volume: order.lots,
    price: order.price,
    trade_date_time: { $numberLong: String(order.at + 1_234_567n) },
    commission: round(order.lots * feePerLot, 2),
  };
}

function futures(accountCookie: string, seed: number) {
  return {
    accountCookie,
    seed,
    volatility: 0.011,
    marginRate: 0.1,
    feePerLot: 3.5,
    maxLots: 8,
    canSellShort: true,
    cash: 500_000,
  };
}

/** The next May or October contract that is at least two months away, as `2605`. */
function contractMonth(day: Day): string {
  const date = new Date(instantOfDay(day + 60));
  const month = date.getUTCMonth() + 1;
  const year = date.getUTCFullYear() + (month > 10 ? 1 : 0);
  return `${String(year).slice(2)}${month > 5 && month <= 10 ? '10' : '05'}`;
}

function startDay(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new RangeError(`${text} is no day`);
  return day;
}
