/// <reference lib="dom" />

import { groupDigits } from './figures.ts';
import { make } from './markup.ts';
import { type LoggedEvent, type LogLine, MOST_LOG_LINES } from './order-list.ts';
import { clockTime } from './order-rows.ts';

/** What came on the stream of orders, one line each, newest on top. */
export interface OrderLog {
  readonly element: HTMLElement;
  show(lines: readonly LogLine[]): void;
  clear(): void;
}

export function createOrderLog(): OrderLog {
  const list = make('ol', { class: 'event-log' });
  let last = 0;
  return {
    element: make(
      'div',
      { class: 'scroll log-scroll', tabindex: '0', role: 'region', 'aria-label': 'Order events' },
      list,
    ),
    show: (lines) => {
      for (const line of lines) {
        if (line.line > last) list.prepend(makeLine(line));
      }
      last = lines.at(-1)?.line ?? last;
      while (list.childElementCount > MOST_LOG_LINES) list.lastElementChild?.remove();
    },
    clear: () => {
      list.replaceChildren();
      last = 0;
    },
  };
}

function makeLine(line: LogLine): HTMLLIElement {
  switch (line.type) {
    case 'event':
      return makeEvent(line);
    case 'snapshot':
      return make(
        'li',
        { class: 'remark' },
        `State as of now: ${line.orderCount} ${line.orderCount === 1 ? 'order' : 'orders'}.`,
      );
    case 'hole':
      return make('li', { class: 'remark warning' }, `Events ${line.from} to ${line.to} have not arrived.`);
    case 'gap':
      return make('li', { class: 'remark warning', 'data-gap': line.reason }, gapInWords(line.reason));
  }
}

function makeEvent({ epoch, seq, eventId, kind, at, orderId, symbol, fill }: LoggedEvent): HTMLLIElement {
  const fillText = fill === null ? '' : `${groupDigits(fill.volume)} at ${groupDigits(fill.price)}`;
  return make(
    'li',
    { 'data-epoch': String(epoch), 'data-seq': String(seq), 'data-event-id': eventId },
    make('span', { class: 'number' }, String(seq)),
    make('time', { datetime: at, title: at }, clockTime(at)),
    make('span', { class: 'kind', 'data-kind': kind }, kind.replaceAll('_', ' ')),
    make('span', { class: 'symbol' }, symbol),
    make('span', { class: 'order-id', title: orderId }, orderId),
    make('span', { class: 'number' }, fillText),
  );
}

function gapInWords(reason: string): string {
  const then = 'What follows is the state as it is now.';
  switch (reason) {
    case 'TRIMMED':
      return `Events are missing here: they are older than what the server keeps. ${then}`;
    case 'EXPIRED':
      return `Events are missing here: the time for which the server keeps them is over. ${then}`;
    case 'EPOCH_CHANGED':
      return `Events may be missing here: the server has begun to count anew. ${then}`;
    case 'STREAM_BAD_CURSOR':
      return `Events may be missing here: the server does not know where this page was. ${then}`;
    default:
      return `Events are missing here (${reason}). ${then}`;
  }
}
