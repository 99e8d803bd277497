import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import { RedisReplyMeter } from './redis-reply-meter.ts';

/**
 * Opens the sockets of ioredis, as its own connector does, and ends them with an error when what arrives is no reply that
 * can be wanted. Whatever its parser throws would end the process.
 */
export class MeteringConnector extends AbstractConnector {
  readonly #options: RedisOptions;

  /** Called by ioredis with the options of its client. */
  constructor(options: unknown) {
    const given = options as RedisOptions;
    super(given.disconnectTimeout ?? 0);
    this.#options = given;
  }

  async connect(): Promise<Socket> {
    const { host = '127.0.0.1', port = 6379, tls } = this.#options;
    const socket = tls === undefined ? createConnection({ host, port }) : connectTls({ ...tls, host, port });
    // Why a connection was lost before it stood is asked for here.
    socket.once('error', (error: Error) => {
      this.firstError = error;
    });
    this.stream = metered(socket);
    return socket;
  }
}

/** The same socket; ioredis reads it by its event alone. */
function metered(socket: Socket): Socket {
  const meter = new RedisReplyMeter();
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...values);
    try {
      if (Buffer.isBuffer(values[0])) meter.measure(values[0]);
      return emit(event, ...values);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
      return true;
    }
  };
  return socket;
}
