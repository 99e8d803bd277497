import { eachInSteps, giveUp, type Steps } from '../../domain/steps.ts';
import { Turns } from '../turns.ts';
import { ReadConnection } from './read-connection.ts';
import { ReadPool } from './read-pool.ts';

/** Reads what there is of one key. */
export type KeyRead<Key, Value> = (connection: ReadConnection, key: Key) => Steps<Value>;

/** Five turns. A list that costs more is read among the long ones. */
const COST_OF_SHORT_LIST = 10_000;

/** One that turns out to be long holds up those behind it for its five turns, and not all of them. */
const SHORT_LISTS_AT_ONCE = 2;

/** How many long lists take turns. Each is in memory as far as it was read, so that further ones wait. */
const LONG_LISTS_AT_ONCE = 4;

/**
 * Reads from a database in parts, one in each turn of the event loop, which node:sqlite would otherwise hold until the
 * last row. Single rows never wait for a list, nor short lists for a long one: each kind has connections of its own, and
 * all of them take turns. A list that turns out to be long is given up and read anew among its like. All of a key is
 * of one moment, whatever is written in between.
 */
export class PacedReader {
  readonly #turns = new Turns();
  readonly #single: ReadConnection;
  readonly #short: ReadPool;
  readonly #long: ReadPool;

  constructor(path: string) {
    this.#single = new ReadConnection(path);
    this.#short = new ReadPool({ path, most: SHORT_LISTS_AT_ONCE });
    this.#long = new ReadPool({ path, most: LONG_LISTS_AT_ONCE });
  }

  /** What `read` finds for each key, in the order of the keys, each with one statement. */
  singles<Key, Value>(keys: readonly Key[], read: KeyRead<Key, Value>, signal?: AbortSignal): Promise<Value[]> {
    return this.#turns.run(
      eachInSteps(keys, (key) => read(this.#single, key)),
      signal,
    );
  }

  /** What `read` finds for each key, in the order of the keys. */
  async lists<Key, Value>(keys: readonly Key[], read: KeyRead<Key, Value>, signal?: AbortSignal): Promise<Value[]> {
    const values: Value[] = [];
    for (const key of keys) {
      const found = await this.#short.use((connection) =>
        this.#turns.run(upTo(COST_OF_SHORT_LIST, connection.atOneMoment(read(connection, key))), signal),
      );
      const { value } = found ?? (await this.#readLong(key, read, signal));
      values.push(value);
    }
    return values;
  }

  /** Works on what was read, in turn with all reads. */
  work<Value>(steps: Steps<Value>, signal?: AbortSignal): Promise<Value> {
    return this.#turns.run(steps, signal);
  }

  /** Whether each of the tables can be read. Fails as a read does, and waits for none. */
  check(tables: readonly string[]): void {
    this.#single.check(tables);
  }

  /** Another number after each commit of another connection. */
  version(): number {
    return this.#single.version();
  }

  close(): void {
    this.#single.close();
    this.#short.close();
    this.#long.close();
  }

  async #readLong<Key, Value>(key: Key, read: KeyRead<Key, Value>, signal: AbortSignal | undefined) {
    const value = await this.#long.use((connection) =>
      this.#turns.run(connection.atOneMoment(read(connection, key)), signal),
    );
    return { value };
  }
}

/** What the steps come to, undefined when they cost more: then they are given up. */
function* upTo<Value>(most: number, steps: Steps<Value>): Steps<{ readonly value: Value } | undefined> {
  let spent = 0;
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return { value };
      spent += value;
      if (spent > most) return undefined;
      yield value;
    }
  } finally {
    giveUp(steps);
  }
}
