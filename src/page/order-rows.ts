/// <reference lib="dom" />

import { groupDigits, shortAverage } from './figures.ts';
import { arrange, make, setText } from './markup.ts';
import { isFinished } from './order-list.ts';
import type { DeskOrder } from './order-stream.ts';

export interface OrderRowsOptions {
  /** Resolves with why it was not cancelled; undefined: it was, or will be. */
  readonly cancel: (order: DeskOrder) => Promise<string | undefined>;
}

/** The orders as a table that changes in place. */
export interface OrderRows {
  readonly element: HTMLElement;
  show(orders: readonly DeskOrder[]): void;
}

interface Row {
  readonly element: HTMLTableRowElement;
  show(order: DeskOrder): void;
}

const COLUMNS = [
  ['Time', 'time'],
  ['Symbol', 'symbol'],
  ['Side', 'side'],
  ['Type', 'kind'],
  ['Price', 'number'],
  ['Volume', 'number'],
  ['Filled', 'filled'],
  ['Average', 'number'],
  ['Status', 'state'],
  ['', 'act'],
] as const;

export function createOrderRows({ cancel }: OrderRowsOptions): OrderRows {
  const rows = new Map<string, Row>();
  const body = make('tbody');
  const head = make('tr', {}, ...COLUMNS.map(([name, role]) => make('th', { scope: 'col', class: role }, name)));
  const table = make('table', { class: 'orders', 'aria-label': 'Orders' }, make('thead', {}, head), body);
  const none = make('p', { class: 'note' }, 'No orders.');
  return {
    element: make(
      'div',
      { class: 'scroll orders-scroll', tabindex: '0', role: 'region', 'aria-label': 'Orders' },
      table,
      none,
    ),
    show: (orders) => {
      const kept = new Set(orders.map(({ id }) => id));
      for (const id of rows.keys()) if (!kept.has(id)) rows.delete(id);
      for (const order of orders) {
        const row = rows.get(order.id) ?? makeRow(cancel);
        rows.set(order.id, row);
        row.show(order);
      }
      arrange(
        body,
        orders.flatMap(({ id }) => rows.get(id)?.element ?? []),
      );
      table.hidden = orders.length === 0;
      none.hidden = orders.length > 0;
    },
  };
}

function makeRow(cancel: OrderRowsOptions['cancel']): Row {
  const cells = COLUMNS.map(([, role]) => make('td', { class: role }));
  const [time, symbol, side, type, price, volume, filled, average, status, act] = cells;
  const bar = make('span', { class: 'bar' });
  const filledText = make('span');
  filled?.append(make('span', { class: 'track', 'aria-hidden': 'true' }, bar), filledText);
  const badge = make('span', { class: 'order-state' });
  const reason = make('span', { class: 'reason', role: 'status' });
  status?.append(badge, reason);
  const button = make('button', { type: 'button' }, 'Cancel');
  act?.append(button);
  const element = make('tr', {}, ...cells);
  let shown: DeskOrder | undefined;
  let refusal: string | undefined;
  let isAsking = false;

  const write = (cell: Element | undefined, text: string): void => cell && setText(cell, text);
  const show = (order: DeskOrder): void => {
    shown = order;
    const isOver = isFinished(order);
    element.dataset.orderId = order.orderId;
    element.dataset.status = order.status;
    element.classList.toggle('finished', isOver);
    showTime(time, order);
    write(symbol, order.symbol ?? order.instrumentId);
    write(side, order.side);
    side?.classList.toggle('up', order.side === 'BUY');
    side?.classList.toggle('down', order.side === 'SELL');
    write(type, [order.type, order.timeInForce === 'GTC' ? null : order.timeInForce].filter(Boolean).join(' '));
    write(price, order.price === null && order.type === 'MARKET' ? 'market' : groupDigits(order.price));
    write(volume, groupDigits(order.volume));
    write(filledText, groupDigits(order.filledVolume));
    bar.style.width = `${(100 * filledShare(order)).toFixed(1)}%`;
    write(average, shortAverage(order.averagePrice));
    write(badge, order.status.replaceAll('_', ' '));
    badge.dataset.status = order.status;
    write(reason, (isOver ? order.statusMessage : (refusal ?? order.statusMessage)) ?? '');
    button.hidden = isOver;
    button.disabled = isAsking;
    button.setAttribute('aria-label', `Cancel order ${order.orderId}`);
  };
  button.addEventListener('click', async () => {
    if (shown === undefined || isAsking) return;
    isAsking = true;
    refusal = undefined;
    show(shown);
    refusal = await cancel(shown);
    isAsking = false;
    show(shown);
  });
  return { element, show };
}

function showTime(cell: Element | undefined, { createdAt, updatedAt }: DeskOrder): void {
  const at = createdAt ?? updatedAt;
  if (cell === undefined || at === null) return;
  setText(cell, clockTime(at));
  cell.setAttribute('title', at);
}

/** The time of day where the reader is; the day as well when it is another than today. */
export function clockTime(at: string): string {
  const instant = new Date(at);
  const time = instant.toLocaleTimeString('en-GB');
  if (instant.toDateString() === new Date().toDateString()) return time;
  return `${instant.toLocaleDateString('en-GB', { day: '2-digit', month: 'short' })} ${time}`;
}

/** A width to look at, so the nearest double is near enough. */
function filledShare({ volume, filledVolume }: DeskOrder): number {
  const share = Number(filledVolume ?? 0) / Number(volume ?? 0);
  return Number.isFinite(share) ? Math.min(Math.max(share, 0), 1) : 0;
}
