import type { MongoClient, MongoClientOptions } from 'mongodb';
import { SYSTEM_CLOCK } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import { TurnShare } from '../../async/turn-share.ts';
import { CodedError } from '../../domain/errors.ts';
import { ReadGate } from './read-gate.ts';

/** The three databases that Deskgraph knows in a deployment, by their names there. */
export interface DatabaseNames {
  /** Settled accounts and market data of QUANTAXIS. */
  readonly quantaxis: string;
  /** Running accounts of QUANTAXIS. */
  readonly realtime: string;
  /** Deskgraph's own records. */
  readonly own: string;
}

export interface MongoDeploymentOptions {
  /** A connection string; options that it names itself are left as it says. */
  readonly url: string;
  readonly names: DatabaseNames;
}

/**
 * Everything below the five seconds in which an operation says that the deployment is away: 2 s to find a server, 1 s to
 * get a connection, and 2 s until a server that has stopped answering is taken for gone.
 */
const OPTIONS: MongoClientOptions = {
  appName: 'deskgraph',
  maxPoolSize: 20,
  // The driver's two at a time make those wait in vain who come first in a burst.
  maxConnecting: 20,
  waitQueueTimeoutMS: 1000,
  serverSelectionTimeoutMS: 2000,
  connectTimeoutMS: 1500,
  heartbeatFrequencyMS: 500,
  socketTimeoutMS: 20_000,
  retryReads: true,
  retryWrites: true,
  w: 'majority',
  wtimeoutMS: 5000,
  // Nanoseconds do not fit into a number.
  useBigInt64: true,
  // A text that is no UTF-8 is a bad field of one document, not the end of a list.
  enableUtf8Validation: false,
  ignoreUndefined: true,
};

const PING_TIMEOUT_MS = 4000;

/** Fewer than connections, so that there is always one to write and to ask with whether the deployment answers. */
const MOST_READS_AT_ONCE = 8;

/**
 * A MongoDB deployment, connected to when it is first used and again whenever it was away. Whatever keeps it from its
 * work is UPSTREAM_UNAVAILABLE to the caller; the cause, for the log, holds no credentials.
 */
export class MongoDeployment {
  readonly names: DatabaseNames;
  /** In which reads work on what has come: one of them does a part in each, however many there are. */
  readonly turns = new TurnShare(1);
  readonly #url: string;
  readonly #closing = new AbortController();
  readonly #gate = new ReadGate({ clock: SYSTEM_CLOCK, most: MOST_READS_AT_ONCE });
  #client: Promise<MongoClient> | undefined;

  constructor({ url, names }: MongoDeploymentOptions) {
    this.#url = url;
    this.names = names;
  }

  /** Aborts when the deployment is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** What `work` answers. Fails with UPSTREAM_UNAVAILABLE when the deployment cannot do it. */
  async reach<Result>(work: (client: MongoClient) => Promise<Result>): Promise<Result> {
    this.#closing.signal.throwIfAborted();
    try {
      this.#client ??= this.#create();
      const client = await this.#client;
      // A client whose first attempt failed stays as it is until it is asked again; one that is connected answers at once.
      await client.connect();
      return await work(client);
    } catch (cause) {
      if (cause instanceof CodedError) throw cause;
      throw new CodedError('UPSTREAM_UNAVAILABLE', 'the account store cannot be reached', { cause });
    }
  }

  /** What `work` reads, of which only so much goes on at a time. Fails like `reach`. */
  async read<Result>(work: (client: MongoClient) => Promise<Result>): Promise<Result> {
    return this.#gate.run(async () => {
      try {
        return await this.reach(work);
      } catch (error) {
        // Whoever has waited for as long would find the same, only later.
        if (error instanceof CodedError && isAway(error.cause)) this.#gate.refuse(error);
        throw error;
      }
    });
  }

  /** Resolves when the deployment answers. Fails like `reach`, and as soon as the signal says so. */
  async ping(signal: AbortSignal): Promise<void> {
    await this.reach((client) =>
      withDeadline(() => client.db('admin').command({ ping: 1 }), { timeoutMs: PING_TIMEOUT_MS, signal }),
    );
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new CodedError('UPSTREAM_UNAVAILABLE', 'the account store is closed'));
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  async #create(): Promise<MongoClient> {
    // Loaded when it is used, since most of the start of a process would be spent with it.
    const { MongoClient: Client } = await import('mongodb');
    try {
      return new Client(this.#url, withoutThoseOf(this.#url));
    } catch (error) {
      throw malformed(error);
    }
  }
}

/** Whether no server could be found, as the driver says. */
function isAway(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'MongoServerSelectionError';
}

/** What the driver says of a connection string repeats parts of it, but for names of options that it does not know. */
function malformed(error: unknown): Error {
  const message = error instanceof Error ? error.message : '';
  const isHarmless = /^options? [\w, ]{1,200} (?:is|are) not supported$/i.test(message);
  const harmless = new Error(isHarmless ? message : 'the connection string cannot be used');
  harmless.name = 'MongoParseError';
  return harmless;
}

/** Options of ours that the connection string says nothing about. */
function withoutThoseOf(url: string): MongoClientOptions {
  const query = url.slice(url.indexOf('?') + 1);
  const said = new Set(
    url.includes('?') ? [...new URLSearchParams(query).keys()].map((name) => name.toLowerCase()) : [],
  );
  return Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => !said.has(name.toLowerCase())));
}
