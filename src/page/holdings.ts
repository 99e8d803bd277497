/// <reference lib="dom" />

import { groupDigits } from './figures.ts';
import { keepFollowing } from './following.ts';
import { arrange, make, setText } from './markup.ts';
import type { Desk } from './panel.ts';
import { type DeskPosition, fillPosition, isClosed, makePositions, POSITION_FIELDS } from './position-rows.ts';

export const BALANCE_UPDATES = `subscription BalanceUpdates($accountCookie: String!) {
  balanceUpdates(accountCookie: $accountCookie) { currency total available }
}`;

export const POSITION_UPDATES = `subscription PositionUpdates($accountCookie: String!) {
  positionUpdates(accountCookie: $accountCookie) { position { ...PositionFields } }
}
${POSITION_FIELDS}`;

interface Balance {
  readonly currency: string;
  readonly total: string;
  readonly available: string | null;
}

/** What an account holds at this moment: its balances as figures, its open positions as a table. */
export interface Holdings {
  readonly element: HTMLElement;
  /** Until the answered function is called. */
  follow(accountCookie: string): () => void;
}

export function createHoldings(desk: Desk): Holdings {
  const balances = make('dl', { class: 'figures', 'aria-label': 'Balances' });
  const balancesNote = make('p', { class: 'note', role: 'status' });
  const positions = make('tbody');
  const positionsNote = make('p', { class: 'note', role: 'status' });
  const table = makePositions(positions);

  const followBalances = (accountCookie: string): (() => void) => {
    const figures = new Map<string, HTMLElement>();
    const show = (): void => arrange(balances, [...figures.values()]);
    return keepFollowing<{ balanceUpdates: Balance }>(desk, {
      query: BALANCE_UPDATES,
      variables: () => {
        // Each connection tells everything there is, and nothing of what has gone meanwhile.
        figures.clear();
        return { accountCookie };
      },
      onData: ({ balanceUpdates: balance }) => {
        const figure = figures.get(balance.currency) ?? makeBalance(balance.currency);
        figures.set(balance.currency, figure);
        fillBalance(figure, balance);
        show();
      },
      onProblem: (problem) => setText(balancesNote, problem === undefined ? '' : `No balances: ${problem}`),
    });
  };

  const followPositions = (accountCookie: string): (() => void) => {
    const rows = new Map<string, HTMLTableRowElement>();
    let problem: string | undefined;
    const show = (): void => {
      arrange(positions, [...rows.values()]);
      table.hidden = rows.size === 0;
      const none = rows.size === 0 ? 'No open positions.' : '';
      setText(positionsNote, problem === undefined ? none : `No positions: ${problem}`);
    };
    return keepFollowing<{ positionUpdates: { position: DeskPosition } }>(desk, {
      query: POSITION_UPDATES,
      variables: () => {
        rows.clear();
        show();
        return { accountCookie };
      },
      onData: ({ positionUpdates: { position } }) => {
        if (isClosed(position)) rows.delete(position.id);
        else rows.set(position.id, fillPosition(rows.get(position.id) ?? make('tr'), position));
        show();
      },
      onProblem: (present) => {
        problem = present;
        show();
      },
    });
  };

  return {
    element: make('div', { class: 'holdings' }, balances, balancesNote, table, positionsNote),
    follow: (accountCookie) => {
      balances.replaceChildren();
      const stops = [followBalances(accountCookie), followPositions(accountCookie)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function makeBalance(currency: string): HTMLElement {
  return make(
    'div',
    { 'data-currency': currency },
    make('dt', {}, currency),
    make('dd'),
    make('dd', { class: 'quiet' }),
  );
}

function fillBalance(figure: HTMLElement, { total, available }: Balance): void {
  const [, totalCell, availableCell] = figure.children;
  if (totalCell !== undefined) setText(totalCell, groupDigits(total));
  if (availableCell !== undefined) setText(availableCell, available === null ? '' : `${groupDigits(available)} free`);
}
