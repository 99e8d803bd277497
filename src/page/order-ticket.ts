/// <reference lib="dom" />

import { groupDigits, NO_FIGURE, toDecimal } from './figures.ts';
import { choiceOf, labelled, make, setText } from './markup.ts';
import { createOrderPlacing, newClientOrderId, type OrderContent } from './order-placing.ts';
import { type OrderAnswer, PLACE_ORDER, refusalText } from './order-stream.ts';
import type { Desk, DeskFacts, Panel } from './panel.ts';
import type { SymbolSelection } from './selection.ts';

export const TICKET_QUOTE = `subscription TicketQuote($gateway: String!, $symbols: [String!]!) {
  ticks(gateway: $gateway, symbols: $symbols, maxPerSecond: 2) { bid ask }
}`;

interface Quote {
  readonly bid: number | null;
  readonly ask: number | null;
}

interface TradingGateway {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly accountCookie: string;
}

const SIDES = [
  { value: 'BUY', text: 'Buy' },
  { value: 'SELL', text: 'Sell' },
] as const;
const TYPES = [
  { value: 'LIMIT', text: 'Limit' },
  { value: 'MARKET', text: 'Market' },
] as const;
const TIMES_IN_FORCE = [
  { value: 'GTC', text: 'GTC' },
  { value: 'IOC', text: 'IOC' },
  { value: 'FOK', text: 'FOK' },
  { value: 'POST_ONLY', text: 'Post only' },
];

/** Places orders of the symbol that the desk looks at. */
export function createOrderTicket({ gateways }: DeskFacts, selection: SymbolSelection): Panel {
  const trading = gateways.flatMap(({ accountCookie, ...gateway }) =>
    accountCookie === null ? [] : [{ ...gateway, accountCookie }],
  );
  const fields = createFields(trading, selection);
  return {
    title: 'Order ticket',
    operation: () => ({
      query: PLACE_ORDER,
      variables: { input: { ...fields.content(), clientOrderId: freshClientOrderId() } },
    }),
    mount: (body, desk) => {
      if (trading.length === 0) body.append(make('p', { class: 'note' }, 'No gateway takes orders for an account.'));
      else mountTicket({ body, desk, fields });
    },
  };
}

type Fields = ReturnType<typeof createFields>;

function createFields(trading: readonly TradingGateway[], selection: SymbolSelection) {
  const gateway = choiceOf(
    trading.map(({ name, accountCookie }) => ({
      value: name,
      text: name === accountCookie ? name : `${name} · ${accountCookie}`,
    })),
  );
  const symbols = make('datalist', { id: 'ticket-symbols' });
  const symbol = make('input', { name: 'symbol', list: symbols.id, required: true, ...PLAIN });
  const side = optionPair('side', 'Side', SIDES);
  const type = optionPair('type', 'Type', TYPES);
  const volume = decimalInput('volume');
  const price = decimalInput('price');
  const timeInForce = choiceOf(TIMES_IN_FORCE);
  const chosen = (): TradingGateway | undefined => trading.find(({ name }) => name === gateway.value);

  const offerSymbols = (): void =>
    symbols.replaceChildren(...(chosen()?.symbols ?? []).map((value) => make('option', { value })));
  const look = (): void => {
    const { current } = selection;
    if (!trading.some(({ name }) => name === current?.gateway)) return;
    gateway.value = current?.gateway ?? '';
    symbol.value = current?.symbol ?? '';
    offerSymbols();
  };
  gateway.addEventListener('change', () => {
    symbol.value = chosen()?.symbols[0] ?? '';
    offerSymbols();
  });
  symbol.value = trading[0]?.symbols[0] ?? '';
  offerSymbols();
  look();

  const content = (): OrderContent => {
    const limit = type.value === 'LIMIT' ? { price: price.value.trim(), timeInForce: timeInForce.value } : {};
    return {
      gateway: gateway.value,
      accountCookie: chosen()?.accountCookie ?? '',
      symbol: symbol.value.trim(),
      side: side.value,
      type: type.value,
      volume: volume.value.trim(),
      ...limit,
    };
  };
  return { gateway, symbols, symbol, side, type, volume, price, timeInForce, content, look, selection };
}

interface TicketOptions {
  readonly body: HTMLElement;
  readonly desk: Desk;
  readonly fields: Fields;
}

function mountTicket({ body, desk, fields }: TicketOptions): void {
  const { gateway, symbols, symbol, side, type, volume, price, timeInForce } = fields;
  const bid = make('button', { type: 'button', class: 'quote', title: 'Take the bid as the price' });
  const ask = make('button', { type: 'button', class: 'quote', title: 'Take the ask as the price' });
  const submit = make('button', { type: 'submit', class: 'submit' });
  const result = make('output', { class: 'result', role: 'status' });
  const editable = make(
    'fieldset',
    { class: 'ticket-fields' },
    labelled('Gateway', gateway),
    labelled('Symbol', symbol),
    symbols,
    side.element,
    type.element,
    labelled('Time in force', timeInForce),
    labelled('Volume', volume),
    labelled('Price', price),
    make('div', { class: 'quotes' }, bid, ask),
    submit,
  );
  const form = make('form', { class: 'ticket' }, editable, result);
  body.append(form);

  let quote: Quote = { bid: null, ask: null };
  let isPriceTyped = false;
  let stopQuotes = (): void => {};

  // The price at which an order would wait in the book, not the one at which it is filled at once.
  const proposePrice = (): void => {
    if (isPriceTyped) return;
    const proposed = side.value === 'BUY' ? quote.bid : quote.ask;
    price.value = proposed === null ? '' : toDecimal(proposed);
  };
  const showQuote = (): void => {
    setText(bid, `Bid ${quoteText(quote.bid)}`);
    setText(ask, `Ask ${quoteText(quote.ask)}`);
  };
  const takePrice = (value: number | null): void => {
    if (value === null || type.value !== 'LIMIT') return;
    price.value = toDecimal(value);
    isPriceTyped = true;
  };
  const followQuotes = (): void => {
    stopQuotes();
    quote = { bid: null, ask: null };
    isPriceTyped = false;
    showQuote();
    proposePrice();
    const symbolName = symbol.value.trim();
    if (symbolName === '') return;
    stopQuotes = desk.follow<{ ticks: Quote }>({
      query: TICKET_QUOTE,
      variables: () => ({ gateway: gateway.value, symbols: [symbolName] }),
      onData: ({ ticks }) => {
        quote = ticks;
        showQuote();
        if (price.value === '' && document.activeElement !== price) proposePrice();
      },
      onEnd: (problem) => problem !== undefined && show(problem, 'refused'),
    });
  };
  const showForm = (): void => {
    const isLimit = type.value === 'LIMIT';
    price.disabled = !isLimit;
    timeInForce.disabled = !isLimit;
    bid.disabled = !isLimit;
    ask.disabled = !isLimit;
    submit.dataset.side = side.value;
    setText(submit, `${side.value === 'BUY' ? 'Buy' : 'Sell'} ${symbol.value.trim()}`);
  };
  const show = (text: string, kind: 'done' | 'refused' | 'waiting'): void => {
    result.dataset.kind = kind;
    setText(result, text);
  };
  const place = createOrderPlacing({
    ask: (operation) => desk.ask(operation),
    newClientOrderId: freshClientOrderId,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    onLost: () => show('No answer yet. Asking again for the same order …', 'waiting'),
  });

  side.element.addEventListener('change', () => {
    proposePrice();
    showForm();
  });
  type.element.addEventListener('change', showForm);
  price.addEventListener('input', () => {
    isPriceTyped = price.value !== '';
  });
  bid.addEventListener('click', () => takePrice(quote.bid));
  ask.addEventListener('click', () => takePrice(quote.ask));
  const changeSymbol = (): void => {
    followQuotes();
    showForm();
  };
  gateway.addEventListener('change', changeSymbol);
  symbol.addEventListener('change', changeSymbol);
  symbol.addEventListener('input', showForm);
  fields.selection.subscribe(() => {
    fields.look();
    changeSymbol();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (editable.disabled) return;
    const content = fields.content();
    const { activeElement } = document;
    editable.disabled = true;
    show('Sending …', 'waiting');
    try {
      const answer = await place(content);
      show(answerText(answer), answer.__typename === 'Order' && answer.status !== 'REJECTED' ? 'done' : 'refused');
    } catch (problem) {
      show(problem instanceof Error ? problem.message : String(problem), 'refused');
    }
    editable.disabled = false;
    if (activeElement instanceof HTMLElement && document.activeElement === document.body) activeElement.focus();
  });
  changeSymbol();
}

const PLAIN = { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' };

/** Text, not a number: what is typed is what is sent. */
function decimalInput(name: string): HTMLInputElement {
  return make('input', {
    name,
    inputmode: 'decimal',
    pattern: '\\s*\\d+(\\.\\d+)?\\s*',
    title: 'digits, and a point before decimals, such as 0.25',
    required: true,
    ...PLAIN,
  });
}

interface OptionPair {
  readonly element: HTMLFieldSetElement;
  readonly value: string;
}

/** A choice of two that shows both. */
function optionPair(name: string, title: string, values: readonly { value: string; text: string }[]): OptionPair {
  const inputs = values.map(({ value }, place) =>
    make('input', { type: 'radio', name: `ticket-${name}`, value, checked: place === 0 }),
  );
  const labels = inputs.map((input, place) => make('label', {}, input, make('span', {}, values[place]?.text ?? '')));
  return {
    element: make('fieldset', { class: 'option-pair', id: `ticket-${name}` }, make('legend', {}, title), ...labels),
    get value() {
      return inputs.find(({ checked }) => checked)?.value ?? '';
    },
  };
}

function quoteText(price: number | null): string {
  return price === null ? NO_FIGURE : groupDigits(toDecimal(price));
}

function answerText(answer: OrderAnswer): string {
  if (answer.__typename !== 'Order') return refusalText(answer);
  const { side, volume, symbol, price, status, statusMessage, orderId } = answer;
  const at = price === null ? 'at market' : `at ${groupDigits(price)}`;
  const what = `${side === 'BUY' ? 'Buy' : 'Sell'} ${groupDigits(volume)} ${symbol ?? ''} ${at}`;
  if (status === 'UNKNOWN') return `${what}: the venue has not said what became of it. The orders below will show it.`;
  const why = statusMessage === null ? '' : `, ${statusMessage}`;
  return `${what}: ${status.toLowerCase().replaceAll('_', ' ')}${why} (order ${orderId})`;
}

function freshClientOrderId(): string {
  return newClientOrderId((bytes) => crypto.getRandomValues(bytes));
}
