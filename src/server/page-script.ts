/// <reference lib="dom" />

/**
 * What runs in the browser on the front page. The server sends the text of this function, so it stands alone: nothing
 * outside of it is there. Live ticks, and the output of a run, over graphql-transport-ws; after a lost connection each
 * subscription goes on where it was.
 */
export function followDesk(document: Document): void {
  interface Subscription {
    readonly id: string;
    readonly query: string;
    readonly variables: () => object;
    readonly onData: (data: Record<string, unknown>) => void;
    readonly onEnd: (problem: string | undefined) => void;
  }

  const live = new Map<string, Subscription>();
  const reconnectMs = 1_000;
  let socket: WebSocket | undefined;
  let isAcknowledged = false;
  let ids = 0;

  const element = (id: string): HTMLElement | null => document.getElementById(id);
  const say = (id: string, text: string): void => {
    const target = element(id);
    if (target !== null) target.textContent = text;
  };
  const send = (message: object): void => socket?.send(JSON.stringify(message));
  const begin = ({ id, query, variables }: Subscription): void =>
    send({ id, type: 'subscribe', payload: { query, variables: variables() } });

  const connect = (): void => {
    isAcknowledged = false;
    socket = new WebSocket(new URL('/graphql', document.location.href.replace(/^http/, 'ws')), 'graphql-transport-ws');
    socket.addEventListener('open', () => send({ type: 'connection_init' }));
    socket.addEventListener('message', ({ data }) => receive(JSON.parse(String(data))));
    socket.addEventListener('close', () => {
      say('connection', 'connecting again …');
      setTimeout(connect, reconnectMs);
    });
  };

  const receive = (message: { type: string; id?: string; payload?: unknown }): void => {
    const subscription = live.get(message.id ?? '');
    switch (message.type) {
      case 'connection_ack':
        isAcknowledged = true;
        say('connection', 'live');
        for (const each of live.values()) begin(each);
        return;
      case 'ping':
        send({ type: 'pong' });
        return;
      case 'next': {
        const { data, errors } = message.payload as { data?: Record<string, unknown>; errors?: { message: string }[] };
        if (data) subscription?.onData(data);
        if (errors?.[0] && !data) subscription?.onEnd(errors[0].message);
        return;
      }
      case 'error':
      case 'complete': {
        live.delete(message.id ?? '');
        const [problem] = (message.payload ?? []) as { message: string }[];
        subscription?.onEnd(problem?.message);
      }
    }
  };

  const follow = (subscription: Omit<Subscription, 'id'>): void => {
    const following = { ...subscription, id: String(++ids) };
    live.set(following.id, following);
    if (isAcknowledged) begin(following);
  };

  const ask = (query: string, variables: object, onData: Subscription['onData']): void =>
    follow({ query, variables: () => variables, onData, onEnd: (problem) => problem && say('connection', problem) });

  const cell = (row: HTMLTableRowElement, text: string): HTMLTableCellElement => {
    const made = row.insertCell();
    made.textContent = text;
    return made;
  };

  const followTicks = (table: HTMLTableElement): void => {
    const { gateway = '', symbols = '[]' } = table.dataset;
    const rows = new Map<string, HTMLTableRowElement>();
    follow({
      query: `subscription ($gateway: String!, $symbols: [String!]!) {
        ticks(gateway: $gateway, symbols: $symbols, maxPerSecond: 5) { symbol last bid ask volume24h stale receivedAt }
      }`,
      variables: () => ({ gateway, symbols: JSON.parse(symbols) }),
      onData: ({ ticks }) => {
        const tick = ticks as Record<string, string | number | boolean | null>;
        const row = rows.get(String(tick.symbol)) ?? (table.tBodies[0] ?? table.createTBody()).insertRow();
        rows.set(String(tick.symbol), row);
        row.replaceChildren();
        row.classList.toggle('stale', tick.stale === true);
        cell(row, String(tick.symbol));
        for (const figure of [tick.last, tick.bid, tick.ask, tick.volume24h]) cell(row, figure?.toLocaleString() ?? '');
        cell(row, new Date(String(tick.receivedAt)).toLocaleTimeString());
      },
      onEnd: (problem) => say('connection', problem ?? 'the ticks have ended'),
    });
  };

  const followOutput = (runId: string): void => {
    const output = element('output');
    const progress = element('progress') as HTMLProgressElement | null;
    let cursor: string | undefined;
    output?.replaceChildren();
    follow({
      query: `subscription ($runId: ID!, $after: Cursor) { commandOutput(runId: $runId, after: $after) {
        ... on CommandChunk { cursor stream text }
        ... on CommandEnd { cursor state exitCode signal }
        ... on StreamGap { reason }
      } }`,
      variables: () => ({ runId, after: cursor }),
      onData: ({ commandOutput }) => {
        const item = commandOutput as Record<string, string | undefined>;
        cursor = item.cursor ?? cursor;
        const part = document.createElement('span');
        part.className = (item.state ?? item.stream ?? 'gap').toLowerCase();
        part.textContent = item.text ?? (item.state === undefined ? `[${item.reason}]` : `[${item.state}]\n`);
        output?.append(part);
        output?.scrollTo(0, output.scrollHeight);
      },
      onEnd: (problem) => problem && output?.append(problem),
    });
    follow({
      query: 'subscription ($runId: ID!) { runStatus(runId: $runId) { state progress { fraction } } }',
      variables: () => ({ runId }),
      onData: ({ runStatus }) => {
        const { state, progress: reported } = runStatus as { state: string; progress: { fraction: number } | null };
        say('run-state', state);
        if (progress !== null) progress.value = reported?.fraction ?? 0;
      },
      onEnd: () => {},
    });
  };

  const offer = (form: HTMLFormElement): void => {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const { command = '', script } = form.dataset;
      const isBacktest = script !== undefined;
      // A request that is sent again after a lost connection starts nothing a second time.
      const clientRequestId = crypto.getRandomValues(new Uint32Array(4)).join('-');
      ask(
        isBacktest
          ? 'mutation ($input: RunBacktestInput!) { result: runBacktest(input: $input) { __typename ... on Run { id } ... on CommandRefused { message } } }'
          : 'mutation ($input: RunCommandInput!) { result: runCommand(input: $input) { __typename ... on Run { id } ... on CommandRefused { message } } }',
        { input: isBacktest ? { command, script, clientRequestId } : { command, clientRequestId } },
        ({ result }) => {
          const { id, message } = result as { id?: string; message?: string };
          if (id === undefined) say('run-state', message ?? '');
          else followOutput(id);
        },
      );
    });
  };

  for (const table of document.querySelectorAll<HTMLTableElement>('table[data-gateway]')) followTicks(table);
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-command]')) offer(form);
  if (live.size > 0 || document.forms.length > 0) connect();
}
