/// <reference lib="dom" />
import { NO_FIGURE } from './figures.ts';
import { keepFollowing } from './following.ts';
import { make, setText } from './markup.ts';
import type { Desk, DeskFacts, GatewayFacts, Panel } from './panel.ts';
import type { SymbolSelection } from './selection.ts';
import { WatchRow, type WatchTick } from './watch-row.ts';

const TICKS_PER_SECOND = 5;
const COLUMNS = ['Symbol', 'Last', '24 h', 'Bid', 'Ask', 'Volume'];

export const WATCH_TICKS = `subscription Ticks($gateway: String!, $symbols: [String!]!, $maxPerSecond: Float) {
  ticks(gateway: $gateway, symbols: $symbols, maxPerSecond: $maxPerSecond) {
    symbol
    last
    open24h
    bid
    ask
    volume24h
    stale
    receivedAt
  }
}`;

export const WATCH_GATEWAY = `subscription GatewayStatus($name: String!) {
  gatewayStatus(name: $name) {
    state
    stateReason
  }
}`;

interface GatewayStatusData {
  readonly gatewayStatus: { readonly state: string; readonly stateReason: string | null };
}

/** The newest quotes of all symbols; a click takes one for the candles and the order ticket. */
export function createWatchlist({ gateways }: DeskFacts, selection: SymbolSelection): Panel {
  return {
    title: 'Watchlist',
    operation: () => {
      const gateway = gateways.find(({ name }) => name === selection.current?.gateway) ?? gateways[0];
      return { query: WATCH_TICKS, variables: tickVariables(gateway ?? { name: '', symbols: [] }) };
    },
    mount: (body, desk) => {
      for (const gateway of gateways) body.append(watchGateway(gateway, desk, selection));
      if (gateways.length === 0)
        body.append(make('p', { class: 'quiet-text' }, 'No gateway with symbols is configured.'));
    },
  };
}

function watchGateway(gateway: GatewayFacts, desk: Desk, selection: SymbolSelection): HTMLElement {
  const { name, symbols } = gateway;
  const rows = new Map(
    symbols.map((symbol) => [symbol, new WatchRow(symbol, () => selection.select({ gateway: name, symbol }))]),
  );
  const showSelected = (): void => {
    const { current } = selection;
    for (const [symbol, row] of rows) row.isSelected = current?.gateway === name && current.symbol === symbol;
  };
  showSelected();
  selection.subscribe(showSelected);
  const problem = make('p', { class: 'problem', hidden: true });
  keepFollowing<{ ticks: WatchTick }>(desk, {
    query: WATCH_TICKS,
    variables: () => tickVariables(gateway),
    onData: ({ ticks }) => rows.get(ticks.symbol)?.show(ticks),
    onProblem: (text) => {
      problem.hidden = text === undefined;
      setText(problem, text ?? '');
    },
  });
  const headings = make('tr', {}, ...COLUMNS.map((column) => make('th', { scope: 'col' }, column)));
  const table = make(
    'table',
    { class: 'watchlist', 'data-gateway': name, 'aria-label': `Quotes of ${name}` },
    make('thead', {}, headings),
    make('tbody', {}, ...[...rows.values()].map(({ element }) => element)),
  );
  const head = make('div', { class: 'watch-gateway-head' }, make('h3', {}, name), gatewayState(name, desk));
  return make('div', { class: 'watch-gateway' }, head, problem, make('div', { class: 'watch-scroll' }, table));
}

function gatewayState(name: string, desk: Desk): HTMLElement {
  const shown = make('span', { class: 'quiet-text', role: 'status' }, NO_FIGURE);
  keepFollowing<GatewayStatusData>(desk, {
    query: WATCH_GATEWAY,
    variables: () => ({ name }),
    onData: ({ gatewayStatus: { state, stateReason } }) => {
      const words = state.toLowerCase().replaceAll('_', ' ');
      setText(shown, stateReason === null ? words : `${words}: ${stateReason}`);
    },
    onProblem: (problem) => {
      if (problem !== undefined) setText(shown, problem);
    },
  });
  return shown;
}

function tickVariables({ name, symbols }: Pick<GatewayFacts, 'name' | 'symbols'>): object {
  return { gateway: name, symbols, maxPerSecond: TICKS_PER_SECOND };
}
