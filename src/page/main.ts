/// <reference lib="dom" />
import { createAccountPanel } from './account-panel.ts';
import { createBlotterPanel } from './blotter-panel.ts';
import { createCandlePanel } from './candle-panel.ts';
import { type ConnectionState, DeskSocket } from './desk-socket.ts';
import { createOrderTicket } from './order-ticket.ts';
import type { DeskFacts, Panel } from './panel.ts';
import { framePanel } from './panel-frame.ts';
import { createPremiumPanel } from './premium-panel.ts';
import { createRunConsole } from './run-console.ts';
import { SymbolSelection } from './selection.ts';
import { restoreTheme, toggleTheme } from './theme.ts';
import { createWatchlist } from './watchlist.ts';

const STATE_TEXTS: Readonly<Record<ConnectionState, string>> = {
  CONNECTING: 'connecting',
  LIVE: 'live',
  WAITING: 'connection lost, connecting again',
};

function start(): void {
  const facts = factsOf(document.getElementById('facts'));
  const grid = document.getElementById('panels');
  if (facts === undefined || grid === null) return;
  restoreTheme();
  document.getElementById('theme')?.addEventListener('click', toggleTheme);
  const desk = new DeskSocket({
    endpoint: new URL('/graphql', location.href).href,
    onState: showState,
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
  for (const [area, panel] of panelsOf(facts)) grid.append(framePanel(panel, { area, desk, facts }));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && desk.wake());
  addEventListener('online', () => desk.wake());
}

/** By the area of the style sheet's grid in which they lie. */
function panelsOf(facts: DeskFacts): [string, Panel][] {
  const [first] = facts.gateways;
  const [symbol] = first?.symbols ?? [];
  const selection = new SymbolSelection(
    first === undefined || symbol === undefined ? undefined : { gateway: first.name, symbol },
  );
  return [
    ['watchlist', createWatchlist(facts, selection)],
    ['candles', createCandlePanel(facts, selection)],
    ['ticket', createOrderTicket(facts, selection)],
    ['blotter', createBlotterPanel(facts)],
    ['account', createAccountPanel(facts)],
    ['premium', createPremiumPanel(facts)],
    ['runs', createRunConsole(facts)],
  ];
}

function showState(state: ConnectionState): void {
  const shown = document.getElementById('connection');
  if (shown === null) return;
  shown.textContent = STATE_TEXTS[state];
  shown.dataset.state = state;
}

/** What the server wrote into the page. */
function factsOf(data: HTMLElement | null): DeskFacts | undefined {
  return data === null ? undefined : (JSON.parse(data.textContent ?? '') as DeskFacts);
}

start();
