import type { Redis } from 'ioredis';
import { answerWithin } from '../async/answer-within.ts';
import { Backoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { Slots } from '../async/slots.ts';
import { isLasting, type Stretch, stretchFrom } from '../async/stretch.ts';
import { connectRedis, describeRedisFault } from './redis-client.ts';

export interface RedisConnectionOptions {
  /** redis:// or rediss://, with user, password and database. */
  readonly url: string;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** How long a connection, and a command, may keep somebody waiting. Default 250. */
  readonly timeoutMs?: number;
  /** Told when Redis goes away: once, until it has answered again. */
  readonly onFault: (fault: Error) => void;
}

/** Redis has understood, and will not: out of memory, read only, no permission. */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal';
}

const DEFAULT_TIMEOUT_MS = 250;
/** So few that whole histories come in time over a slow network as well; whoever waits for others has more of it. */
const MOST_AT_ONCE = 8;

/**
 * A Redis that may be away. Whoever finds that out has waited for `timeoutMs`; from then on nobody waits, until an
 * attempt in the background has reached it: at most one at a time, half a second to half a minute apart, and only when
 * somebody asks. Its connection is made when it is first used, or by `open`.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #timeoutMs: number;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  readonly #slots = new Slots(MOST_AT_ONCE);
  #client: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  #isAway = false;
  #isTold = false;
  /** Until the next attempt. */
  #rest: Stretch = stretchFrom(0, 0);

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#backoff = new Backoff(options.random);
  }

  /** Connects ahead of whoever is the first to need it, in two seconds at most. Never fails. */
  async open(): Promise<void> {
    if (this.#closing.signal.aborted || this.#connected() !== undefined) return;
    await this.#connect().catch(() => undefined); // onFault has been told
  }

  /** What the commands come to; undefined when Redis is away. Fails with a RedisRefusal alone. */
  reach<Answer>(work: (client: Redis) => Promise<Answer>): Promise<Answer | undefined> {
    return this.#slots.run(() => this.#do(work));
  }

  /** Whether it answers now. Does not wait for one that is known to be away, but sees to it that it is tried again. */
  async status(): Promise<'ok' | 'unavailable'> {
    const answer = await this.reach((client) => client.ping()).catch(() => 'refused');
    return answer === undefined ? 'unavailable' : 'ok';
  }

  /**
   * Ends the connection at once; from then on Redis is away. What ioredis read large answers with keeps a process up to
   * three seconds longer.
   */
  close(): void {
    this.#closing.abort(new Error('the connection to Redis is closed'));
    this.#client?.disconnect();
    this.#client = undefined;
  }

  async #do<Answer>(work: (client: Redis) => Promise<Answer>): Promise<Answer | undefined> {
    const client = await this.#usable();
    if (client === undefined) return undefined;
    try {
      const answer = await this.#within(work(client));
      this.#proveGood();
      return answer;
    } catch (error) {
      if (!isRefusal(error)) return this.#lose(client, error);
      this.#proveGood();
      throw new RedisRefusal(describeRedisFault(error, this.#options.url));
    }
  }

  async #usable(): Promise<Redis | undefined> {
    if (this.#closing.signal.aborted) return undefined;
    const client = this.#connected();
    if (client !== undefined) return client;
    if (this.#isAway && isLasting(this.#rest, this.#options.clock.now())) return undefined;
    const connecting = this.#connect();
    if (this.#isAway) return undefined;
    try {
      return await this.#within(connecting);
    } catch (error) {
      return this.#goAway(error);
    }
  }

  #connected(): Redis | undefined {
    if (this.#client !== undefined && !isConnected(this.#client)) this.#client = undefined;
    return this.#client;
  }

  /** Joins the attempt that is under way, or starts one. */
  #connect(): Promise<Redis> {
    if (this.#connecting !== undefined) return this.#connecting;
    const connecting = connectRedis(this.#options.url, this.#closing.signal)
      .then((client) => this.#use(client))
      .finally(() => {
        this.#connecting = undefined;
      });
    connecting.catch((error: unknown) => this.#goAway(error));
    this.#connecting = connecting;
    return connecting;
  }

  #use(client: Redis): Redis {
    this.#client = client;
    this.#isAway = false;
    if (this.#closing.signal.aborted) this.close();
    return client;
  }

  #lose(client: Redis, error: unknown): undefined {
    if (this.#client === client) {
      this.#client = undefined;
      client.disconnect();
    }
    // Otherwise there is another one already.
    if (this.#client === undefined) this.#goAway(error);
  }

  #goAway(error: unknown): undefined {
    const now = this.#options.clock.now();
    if (this.#closing.signal.aborted || (this.#isAway && isLasting(this.#rest, now))) return;
    this.#isAway = true;
    this.#rest = stretchFrom(now, this.#backoff.next());
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onFault(new Error(`Redis is away: ${describeRedisFault(error, this.#options.url)}`));
  }

  #proveGood(): void {
    this.#isTold = false;
    this.#backoff.reset();
  }

  #within<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return answerWithin(answer, this.#options.clock, this.#timeoutMs);
  }
}

/** Also where its end has come and has not been told yet. */
function isConnected({ status, stream }: Redis): boolean {
  return status === 'ready' && stream.writable;
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
