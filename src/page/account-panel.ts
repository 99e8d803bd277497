/// <reference lib="dom" />

import { type Figure, makeFigures } from './figure-list.ts';
import { formatNumber, formatPercent, formatSigned, trendOf } from './figures.ts';
import { createLineChart } from './line-chart.ts';
import { choiceOf, labelled, make, setText } from './markup.ts';
import { type MonthlyProfit, makeMonthlyProfit } from './monthly-profit.ts';
import type { Desk, DeskFacts, Operation, Panel } from './panel.ts';
import { type DeskPosition, fillPosition, makePositions, POSITION_FIELDS } from './position-rows.ts';

export const ACCOUNT_NAMES = `query AccountNames {
  history: accounts(source: HISTORY, first: 200) { nodes { accountCookie } }
  realtime: accounts(source: REALTIME, first: 200) { nodes { accountCookie } }
}`;

export const ACCOUNT = `query Account($accountCookie: String!, $source: AccountSource!) {
  account(accountCookie: $accountCookie, source: $source) {
    accountCookie
    source
    tradingDay
    updatedAt
    currency
    balance
    available
    dayProfit
    margin
    riskRatio
    positions { ...PositionFields }
    equityCurve { tradingDay balance }
    monthlyProfit { month profit }
  }
}
${POSITION_FIELDS}`;

interface Names {
  readonly nodes: readonly { readonly accountCookie: string }[];
}

interface Account {
  readonly tradingDay: string | null;
  readonly updatedAt: string | null;
  readonly currency: string | null;
  readonly balance: number | null;
  readonly available: number | null;
  readonly dayProfit: number | null;
  readonly margin: number | null;
  readonly riskRatio: number | null;
  readonly positions: readonly DeskPosition[] | null;
  readonly equityCurve: readonly { readonly tradingDay: string; readonly balance: number }[] | null;
  readonly monthlyProfit: readonly MonthlyProfit[] | null;
}

interface AccountName {
  readonly accountCookie: string;
  readonly source: 'HISTORY' | 'REALTIME';
}

/** An account as it was stored last stays on the page no longer than this. */
const REFRESH_MS = 60_000;

/** A stored account: its figures, its equity over time, its profit by month and what it holds. */
export function createAccountPanel(_facts: DeskFacts): Panel {
  let chosen: AccountName | undefined;
  const operation = (): Operation =>
    chosen === undefined ? { query: ACCOUNT_NAMES } : { query: ACCOUNT, variables: chosen };
  return {
    title: 'Account',
    operation,
    mount: (body, desk) => {
      const note = make('p', { class: 'note', role: 'status' });
      body.append(note);
      const view = createView(desk, note);
      const open = async (): Promise<void> => {
        setText(note, 'Loading …');
        const names = await loadNames(desk);
        const choice = choiceOf(
          names.map(({ accountCookie, source }) => ({
            value: `${source} ${accountCookie}`,
            text: `${accountCookie} · ${source.toLowerCase()}`,
          })),
        );
        const choose = (): Promise<void> => {
          chosen = names[choice.selectedIndex];
          return view.show(operation());
        };
        if (names.length === 0) return setText(note, 'No account is stored.');
        body.prepend(make('div', { class: 'controls' }, labelled('Account', choice)), view.element);
        choice.addEventListener('change', choose);
        setInterval(() => document.visibilityState === 'visible' && view.show(operation()), REFRESH_MS);
        return choose();
      };
      const tryToOpen = (): Promise<void> =>
        open().catch((problem) => {
          const again = make('button', { type: 'button' }, 'Try again');
          again.addEventListener('click', tryToOpen);
          note.replaceChildren(`${textOf(problem)} `, again);
        });
      void tryToOpen();
    },
  };
}

async function loadNames(desk: Desk): Promise<readonly AccountName[]> {
  const { history, realtime } = await desk.ask<{ history: Names; realtime: Names }>({ query: ACCOUNT_NAMES });
  return [
    ...history.nodes.map(({ accountCookie }) => ({ accountCookie, source: 'HISTORY' }) as const),
    ...realtime.nodes.map(({ accountCookie }) => ({ accountCookie, source: 'REALTIME' }) as const),
  ];
}

interface View {
  readonly element: HTMLElement;
  show(operation: Operation): Promise<void>;
}

function createView(desk: Desk, note: HTMLElement): View {
  const figures = make('div');
  const months = make('div', { class: 'months' });
  const positions = make('div', { class: 'scroll-x' });
  const chart = createLineChart({
    name: 'Balance of the account by trading day',
    heightPixels: 210,
    lines: [{ label: 'Balance', colour: '--accent', isFilled: true }],
    format: (balance) => formatNumber(balance, 2),
    formatAxis: (balance) => formatNumber(balance, 0),
  });
  const element = make('div', {}, figures, chart.element, months, positions);
  let asked = 0;
  return {
    element,
    show: async (operation) => {
      const turn = ++asked;
      try {
        const { account } = await desk.ask<{ account: Account | null }>(operation);
        // Another account has been chosen meanwhile.
        if (turn !== asked) return;
        element.hidden = account === null;
        setText(note, account === null ? 'This account is not stored any more.' : asOf(account));
        if (account === null) return;
        const { equityCurve, monthlyProfit } = account;
        figures.replaceChildren(makeFigures(figuresOf(account)));
        months.replaceChildren(...(monthlyProfit ? [makeMonthlyProfit(monthlyProfit)] : []));
        positions.replaceChildren(positionsOf(account));
        const points = equityCurve ?? [];
        await chart.show(
          points.map(({ tradingDay }) => tradingDay),
          [points.map(({ balance }) => balance)],
        );
      } catch (problem) {
        if (turn === asked) setText(note, textOf(problem));
      }
    },
  };
}

function figuresOf({ balance, available, dayProfit, margin, riskRatio, currency }: Account): readonly Figure[] {
  return [
    { name: currency === null ? 'Balance' : `Balance, ${currency}`, text: formatNumber(balance, 2) },
    { name: 'Available', text: formatNumber(available, 2) },
    { name: 'Day profit', text: formatSigned(dayProfit, 2), trend: trendOf(dayProfit) },
    { name: 'Margin', text: formatNumber(margin, 2) },
    { name: 'Risk ratio', text: formatPercent(riskRatio, 1), meaning: 'Share of the equity in use' },
  ];
}

function positionsOf({ positions }: Account): HTMLElement {
  const rows = (positions ?? []).map((position) => fillPosition(make('tr'), position));
  if (rows.length === 0) return make('p', { class: 'note' }, 'No open positions.');
  return makePositions(make('tbody', {}, ...rows));
}

function asOf({ tradingDay, updatedAt }: Account): string {
  if (tradingDay === null) return '';
  const written = updatedAt === null ? '' : `, written ${new Date(updatedAt).toLocaleString('en-GB')}`;
  return `As of trading day ${tradingDay}${written}.`;
}

function textOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
