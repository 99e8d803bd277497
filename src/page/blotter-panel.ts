/// <reference lib="dom" />

import { DeskProblem } from './desk-problem.ts';
import { keepFollowing } from './following.ts';
import { createHoldings } from './holdings.ts';
import { choiceOf, labelled, make, setText } from './markup.ts';
import { applyOrderItem, EMPTY_ORDER_LIST, type OrderList, withoutCursor } from './order-list.ts';
import { createOrderLog } from './order-log.ts';
import { createOrderRows } from './order-rows.ts';
import {
  CANCEL_ORDER,
  type DeskOrder,
  ORDER_EVENTS,
  type OrderAnswer,
  type OrderStreamItem,
  refusalText,
} from './order-stream.ts';
import type { Desk, DeskFacts, Panel } from './panel.ts';
import { loadOrderList, saveOrderList } from './stored-orders.ts';

const SAVE_MS = 250;

/**
 * The orders of an account, live: what it holds, its orders, and the events that they came by. Goes on behind the last
 * event that it has seen, also after the page was loaded again.
 */
export function createBlotterPanel({ gateways }: DeskFacts): Panel {
  const accounts = [...new Set(gateways.flatMap(({ accountCookie }) => accountCookie ?? []))];
  let current = accounts[0] ?? '';
  return {
    title: 'Orders',
    operation: () => ({ query: ORDER_EVENTS, variables: { accountCookie: current } }),
    mount: (body, desk) => {
      if (accounts.length === 0) {
        body.append(make('p', { class: 'note' }, 'No gateway carries the orders of an account.'));
        return;
      }
      const blotter = createBlotter(body, desk);
      const choice = choiceOf(accounts.map((value) => ({ value, text: value })));
      if (accounts.length > 1) body.prepend(make('div', { class: 'controls' }, labelled('Account', choice)));
      choice.addEventListener('change', () => {
        current = choice.value;
        blotter.follow(current);
      });
      blotter.follow(current);
    },
  };
}

interface Blotter {
  /** In place of the account that it followed before. */
  follow(accountCookie: string): void;
}

function createBlotter(body: HTMLElement, desk: Desk): Blotter {
  let account = '';
  let list = EMPTY_ORDER_LIST;
  let stop = (): void => {};
  let isDrawing = false;
  let saving: ReturnType<typeof setTimeout> | undefined;

  const holdings = createHoldings(desk);
  const log = createOrderLog();
  const rows = createOrderRows({ cancel: (order) => cancelOrder(desk, account, order) });
  const note = make('p', { class: 'note', role: 'status' });
  const events = make('details', { open: true }, make('summary', {}, 'Events'), log.element);
  body.append(holdings.element, note, rows.element, events);

  const draw = (): void => {
    isDrawing = false;
    rows.show(list.orders);
    log.show(list.log);
  };
  const save = (): void => {
    clearTimeout(saving);
    saving = undefined;
    if (list.cursor !== undefined) saveOrderList(() => sessionStorage, account, list);
  };
  const take = (next: OrderList): void => {
    list = next;
    saving ??= setTimeout(save, SAVE_MS);
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(draw);
  };
  addEventListener('pagehide', save);

  const followOrders = (accountCookie: string): (() => void) =>
    keepFollowing<{ orderEvents: OrderStreamItem }>(desk, {
      query: ORDER_EVENTS,
      variables: () => ({ accountCookie, after: list.cursor }),
      onData: ({ orderEvents }) => take(applyOrderItem(list, orderEvents)),
      onProblem: (problem, code) => {
        setText(note, problem === undefined ? '' : `No order events: ${problem}`);
        if (code === 'STREAM_BAD_CURSOR') take(withoutCursor(list));
      },
    });

  return {
    follow: (accountCookie) => {
      stop();
      if (account !== '') save();
      account = accountCookie;
      list = loadOrderList(() => sessionStorage, account);
      setText(note, '');
      log.clear();
      draw();
      const stops = [followOrders(account), holdings.follow(account)];
      stop = () => {
        for (const each of stops) each();
      };
    },
  };
}

async function cancelOrder(desk: Desk, accountCookie: string, order: DeskOrder): Promise<string | undefined> {
  const { orderId, clientOrderId } = order;
  const target = orderId === clientOrderId ? { clientOrderId } : { orderId };
  try {
    const variables = { input: { accountCookie, ...target } };
    const { cancelOrder: answer } = await desk.ask<{ cancelOrder: OrderAnswer }>({ query: CANCEL_ORDER, variables });
    return answer.__typename === 'Order' ? undefined : refusalText(answer);
  } catch (problem) {
    if (problem instanceof DeskProblem && problem.code === undefined)
      return `no answer to the cancel: ${problem.message}`;
    return problem instanceof Error ? problem.message : String(problem);
  }
}
