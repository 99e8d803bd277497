import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A client of a venue that keeps what came in. */
export interface VenueClient extends AsyncDisposable {
  readonly socket: WebSocket;
  /** What came in, without the answers that `settle` waited for. */
  readonly received: readonly string[];
  subscribe(...topics: readonly string[]): Promise<void>;
  unsubscribe(...topics: readonly string[]): Promise<void>;
  send(text: string): void;
  /** Resolves when everything that the venue had sent before has come in. */
  settle(): Promise<void>;
  /** What came in since it was last taken, once it has. */
  take(): Promise<readonly string[]>;
  /** Resolves when the connection has ended. */
  close(): Promise<void>;
}

/** A topic as the tests write it: `tickers BTC-USDT`. */
export function toArguments(topics: readonly string[]): { channel: string; instId: string }[] {
  return topics.map((topic) => {
    const [channel = '', instId = ''] = topic.split(' ');
    return { channel, instId };
  });
}

export async function connect(url: string): Promise<VenueClient> {
  const socket = new WebSocket(url);
  const received: string[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data) => {
    const text = String(data);
    if (text === 'pong') waiting.shift()?.();
    else received.push(text);
  });
  socket.on('error', () => {});
  await once(socket, 'open');

  // One connection keeps its order: what was sent before the pong has come in before it.
  const settle = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      socket.send('ping');
    });
  const operate =
    (op: string) =>
    async (...topics: readonly string[]) => {
      socket.send(JSON.stringify({ op, args: toArguments(topics) }));
      await settle();
    };
  const close = async () => {
    if (socket.readyState === WebSocket.CLOSED) return;
    socket.terminate();
    await once(socket, 'close');
  };
  return {
    socket,
    received,
    subscribe: operate('subscribe'),
    unsubscribe: operate('unsubscribe'),
    send: (text) => socket.send(text),
    settle,
    take: async () => {
      await settle();
      return received.splice(0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
