import { CodedError } from '../../domain/errors.ts';
import { ReadConnection } from './read-connection.ts';

/** Connections that are opened when they are needed, each for one read at a time; who comes first is served first. */
export class ReadPool {
  readonly #path: string;
  readonly #most: number;
  readonly #opened: ReadConnection[] = [];
  readonly #free: ReadConnection[] = [];
  readonly #waiting: ((connection: ReadConnection) => void)[] = [];
  #isClosed = false;

  constructor({ path, most }: { readonly path: string; readonly most: number }) {
    this.#path = path;
    this.#most = most;
  }

  /** Fails as `work` does, and with UPSTREAM_UNAVAILABLE once it is closed. */
  async use<Result>(work: (connection: ReadConnection) => Promise<Result>): Promise<Result> {
    const connection = this.#free.pop() ?? this.#open() ?? (await this.#freed());
    try {
      return await work(connection);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else next(connection);
    }
  }

  /** What is being read fails at its next part. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#opened) connection.close();
  }

  #open(): ReadConnection | undefined {
    if (this.#isClosed) throw new CodedError('UPSTREAM_UNAVAILABLE', 'the account store is closed');
    if (this.#opened.length === this.#most) return undefined;
    const connection = new ReadConnection(this.#path);
    this.#opened.push(connection);
    return connection;
  }

  #freed(): Promise<ReadConnection> {
    const { promise, resolve } = Promise.withResolvers<ReadConnection>();
    this.#waiting.push(resolve);
    return promise;
  }
}
