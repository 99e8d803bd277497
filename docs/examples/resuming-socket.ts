import { type Client, createClient, type FormattedExecutionResult, type Sink, type SubscribePayload } from 'graphql-ws';

const PING_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
const LONGEST_WAIT_MS = 10_000;

/**
 * A client of graphql-ws for the server at `serverUrl` (http or https) that stays connected, and whose lossless
 * subscriptions go on behind the last cursor that they delivered. They select `cursor` and declare `$after: Cursor`.
 */
export function openSocket(serverUrl: string): Client {
  let pongTimeout: NodeJS.Timeout | undefined;
  const socket = createClient({
    url: `${serverUrl.replace(/^http/, 'ws')}/graphql`,
    // Five attempts are the default, and none after a refused connection: a restarting server refuses for a while.
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => {
      const waitMs = Math.min(250 * 2 ** retries, LONGEST_WAIT_MS);
      return new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)));
    },
    // A connection that dies without a word is only noticed by who asks.
    keepAlive: PING_MS,
    on: {
      ping: (isReceived) => {
        if (!isReceived) pongTimeout = setTimeout(() => socket.terminate(), PONG_TIMEOUT_MS);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongTimeout);
      },
      closed: () => clearTimeout(pongTimeout),
    },
  });
  return { ...socket, subscribe: resuming(socket) };
}

/** After a lost connection graphql-ws subscribes again as it did first; here the variables then hold the newest cursor. */
function resuming(socket: Client): Client['subscribe'] {
  return <Data, Extensions>(payload: SubscribePayload, sink: Sink<FormattedExecutionResult<Data, Extensions>>) => {
    const variables: Record<string, unknown> = { ...payload.variables };
    let leave = (): void => {};
    const follow = (): void => {
      leave = socket.subscribe<Data, Extensions>(
        { ...payload, variables },
        {
          next: (result) => {
            variables.after = cursorIn(result.data) ?? variables.after;
            sink.next(result);
          },
          error: (reason) => (isSlowConsumer(reason) ? follow() : sink.error(reason)),
          complete: () => sink.complete(),
        },
      );
    };
    follow();
    return () => leave();
  };
}

/** The cursor of the one root field that a subscription has; there is none in a StreamGap. */
function cursorIn(data: unknown): string | undefined {
  const [item]: unknown[] = Object.values(data ?? {});
  const isResumable = typeof item === 'object' && item !== null && 'cursor' in item;
  return isResumable && typeof item.cursor === 'string' ? item.cursor : undefined;
}

/** Whether the server ended the operation because this program did not keep up: it may go on where it was. */
function isSlowConsumer(reason: unknown): boolean {
  return Array.isArray(reason) && reason.some((error) => error?.extensions?.code === 'SLOW_CONSUMER');
}
