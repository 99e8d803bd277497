import type { Redis, RedisOptions } from 'ioredis';
import { withDeadline } from '../async/deadline.ts';

/**
 * A client is used as long as its connection lasts: when that ends it is thrown away, and whoever needs another one says
 * when. ioredis' own way would keep commands for a server that is away, repeat them, and hold on to a connection whose
 * other end has stopped answering.
 */
const OPTIONS: RedisOptions = {
  connectionName: 'deskgraph',
  lazyConnect: true,
  retryStrategy: null,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // INFO, which a user may not be allowed; the PING below shows the same.
  enableReadyCheck: false,
  disableClientInfo: true,
  keepAlive: 10_000,
  // The end of a connection waits for nobody.
  disconnectTimeout: 0,
};

const CONNECT_TIMEOUT_MS = 2000;

/**
 * A client that is connected, has given its password, is in its database, and was answered. Fails within two seconds,
 * with a message that holds no password, or with the signal's reason.
 */
export async function connectRedis(url: string, signal: AbortSignal): Promise<Redis> {
  const [{ Redis }, { MeteringConnector }] = await Promise.all([import('ioredis'), import('./redis-connector.ts')]);
  signal.throwIfAborted();
  const client = new Redis({ ...OPTIONS, ...addressOf(url), Connector: MeteringConnector });
  let refusal: Error | undefined;
  // A refused password or database is told in no other way; of a client in use the commands themselves fail.
  client.on('error', (error: Error) => {
    refusal ??= error;
  });
  const greet = async (): Promise<void> => {
    await client.connect();
    await client.ping();
    if (refusal !== undefined) throw refusal;
  };
  try {
    await withDeadline(greet, { timeoutMs: CONNECT_TIMEOUT_MS, signal });
    return client;
  } catch (error) {
    client.disconnect();
    signal.throwIfAborted();
    throw new Error(describeRedisFault(refusal ?? error, url));
  }
}

/**
 * What went wrong, in a line without the password. The errors of ioredis themselves are for no log: they carry the
 * command, be it AUTH or a whole history.
 */
export function describeRedisFault(error: unknown, url: string): string {
  const { message = '', code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const text = message === '' ? code || String(error) : message;
  const { password } = new URL(url);
  const hidden = [password, decoded(password)].filter((each) => each !== '');
  return hidden.reduce((line, each) => line.replaceAll(each, '(hidden)'), text);
}

/** redis://user:password@host:port/database, rediss:// over TLS. */
function addressOf(url: string): RedisOptions {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: port === '' ? 6379 : Number(port),
    db: Number(pathname.slice(1)),
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that stands for itself
  }
}
