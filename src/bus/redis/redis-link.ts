import type { Redis } from 'ioredis';
import { answerWithin } from '../../async/answer-within.ts';
import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { BEAT } from './scripts.ts';

export interface RedisLinkOptions {
  /** A client that is connected and was answered; it is thrown away when its connection ends. */
  readonly connect: (signal: AbortSignal) => Promise<Redis>;
  /** Names this process among those that share the bus; another one at every start. */
  readonly id: string;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Told when Redis goes away, or refuses: once, until it has answered again. */
  readonly onFault: (fault: Error) => void;
  /** What all keys and channels begin with. Default `deskgraph:bus:v1`. */
  readonly prefix?: string | undefined;
  readonly times?: LinkTimes | undefined;
}

/** In milliseconds. */
export interface LinkTimes {
  /** Between two signs of life. Default 1,000. */
  readonly beatMs: number;
  /** How long Redis may take for an answer. Default 2,000. */
  readonly deadlineMs: number;
  /** A process that gave no sign for so long is gone. Default 4,000. */
  readonly lifeMs: number;
}

/** Ids of the processes that have given a sign of life. */
export type Alive = ReadonlySet<string>;

export interface Synchronising {
  /** Those have told Redis everything that they know. */
  readonly alive: Alive;
  /** This process was without Redis, or Redis without its data; otherwise others came. */
  readonly isJoining: boolean;
}

/** One who lives on the link. Nothing here throws but `synchronise`. */
export interface LinkPart {
  /** What it listens to. */
  readonly channel: string;
  receive(text: string): void;
  /**
   * Brings Redis and this process to the same, after a time without Redis and whenever others came. Messages come
   * meanwhile.
   */
  synchronise(client: Redis, how: Synchronising): Promise<void>;
  /** At each sign of life. */
  live(alive: Alive): void;
  /** Redis is away. */
  lose(): void;
}

export type Command = readonly [name: string, ...values: (string | number)[]];

const DEFAULT_TIMES: LinkTimes = { beatMs: 1_000, deadlineMs: 2_000, lifeMs: 4_000 };
const MOST_BACKOFF_MS = 1_000;
/** What waits for Redis at most; with more it is taken for lost. */
const MOST_UNANSWERED = 50_000;
const MOST_UNANSWERED_CHARACTERS = 32 * 1024 * 1024;

interface Session {
  readonly client: Redis;
  readonly subscriber: Redis;
  alive: Alive;
  /** Whether Redis knows this process. */
  isKnown: boolean;
}

/** This process' two connections to Redis, its sign of life, and who else lives. It is made anew until `close`. */
export class RedisLink {
  readonly id: string;
  readonly prefix: string;
  readonly clock: Clock;
  readonly #options: RedisLinkOptions;
  readonly #times: LinkTimes;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  readonly #parts: LinkPart[] = [];
  #session: Session | undefined;
  #isTold = false;
  #cancelNext: (() => void) | undefined;
  #commands: Command[] = [];
  #unanswered = 0;
  #unansweredCharacters = 0;
  #awaited = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: RedisLinkOptions) {
    this.id = options.id;
    this.prefix = options.prefix ?? 'deskgraph:bus:v1';
    this.clock = options.clock;
    this.#options = options;
    this.#times = options.times ?? DEFAULT_TIMES;
    this.#backoff = new Backoff(options.random, MOST_BACKOFF_MS);
  }

  get isUp(): boolean {
    return this.#session !== undefined;
  }

  /** Before `open`. */
  add(part: LinkPart): void {
    this.#parts.push(part);
    const session = this.#session;
    if (session === undefined) return;
    const join = async (): Promise<void> => {
      await session.subscriber.subscribe(part.channel);
      await part.synchronise(session.client, { alive: session.alive, isJoining: true });
    };
    void this.#within(join()).catch((error: unknown) => this.#lose(session, error));
  }

  /** Resolves after the first attempt, whatever came of it. */
  open(): Promise<void> {
    this.#running = this.#connect();
    return this.#running;
  }

  /** Sent with whatever else this turn brings; nothing waits for it, and it is dropped when Redis is away. */
  send(...commands: readonly Command[]): void {
    if (this.#session === undefined) return;
    if (this.#commands.length === 0) setImmediate(() => this.#flush());
    this.#commands.push(...commands);
  }

  /** The answer of Redis; fails at once when it is away, and in time when it does not answer. A refusal is a ReplyError. */
  async ask<Answer>(work: (client: Redis) => Promise<Answer>): Promise<Answer> {
    const session = this.#session;
    if (session === undefined) throw new Error('Redis is away');
    try {
      return await this.#within(work(session.client));
    } catch (error) {
      if (!isRefusal(error)) this.#lose(session, error);
      throw error;
    }
  }

  /** Resolves when Redis is there; fails when the link is closed. */
  async awaitUp(): Promise<void> {
    while (this.#session === undefined) {
      this.#closing.signal.throwIfAborted();
      await this.#awaited.promise;
    }
  }

  /** Others take this process for gone at once, if Redis is there to be told. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#closing.abort(new Error('the bus is closed'));
    this.#cancelNext?.();
    if (session !== undefined) {
      this.#flush();
      const leave = [session.subscriber.unsubscribe(), session.client.zrem(`${this.prefix}:publishers`, this.id)];
      await this.#within(Promise.all(leave)).catch(() => undefined);
    }
    this.#end(session);
    this.#awaited.resolve();
    await this.#running.catch(() => undefined);
  }

  /** For whoever runs this process. */
  tell(fault: Error): void {
    if (!this.#closing.signal.aborted) this.#options.onFault(fault);
  }

  async #connect(): Promise<void> {
    const { connect } = this.#options;
    const { signal } = this.#closing;
    const clients: Redis[] = [];
    let session: Session | undefined;
    try {
      for (let count = 0; count < 2; count++) clients.push(await connect(signal));
      signal.throwIfAborted();
      session = this.#begin(clients as [Redis, Redis]);
      const channels = this.#parts.map(({ channel }) => channel);
      if (channels.length > 0) await this.#within(session.subscriber.subscribe(...channels));
      await this.#beat(session);
    } catch (error) {
      if (session !== undefined) this.#lose(session, error);
      else this.#giveUp(clients, error);
    }
  }

  #begin(clients: readonly [Redis, Redis]): Session {
    const [client, subscriber] = clients;
    const session: Session = { client, subscriber, alive: new Set(), isKnown: false };
    subscriber.on('message', (channel: string, text: string) => this.#receive(channel, text));
    for (const each of clients) each.once('end', () => this.#lose(session, new Error('the connection has ended')));
    // From now on whoever is added subscribes itself.
    this.#session = session;
    return session;
  }

  #giveUp(clients: readonly Redis[], error: unknown): void {
    for (const client of clients) client.disconnect();
    this.#retry(error);
  }

  #retry(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    if (!this.#isTold) this.tell(new Error(`Redis is away: ${error instanceof Error ? error.message : String(error)}`));
    this.#isTold = true;
    this.#next(this.#backoff.next(), () => this.#connect());
  }

  /** A sign of life, a look at who else lives, and, when something may have been missed, what is to be done about it. */
  async #beat(session: Session): Promise<void> {
    const isFirst = !session.isKnown;
    const { isKnown, alive } = await this.#sign(session, isFirst ? 'LOOK' : 'RENEW');
    const isJoining = isFirst || !isKnown;
    const hasNews = isJoining || [...alive].some((id) => !session.alive.has(id));
    session.alive = alive;
    if (hasNews) {
      // Who lives was looked up before: what they share is there by now.
      await Promise.all(
        this.#parts.map((part) => this.#within(part.synchronise(session.client, { alive, isJoining }))),
      );
      // Whoever sees it alive finds everything there.
      this.#flush();
      await this.#sign(session, 'JOIN');
      session.isKnown = true;
    } else {
      await this.#within(session.subscriber.ping());
      // One that refuses what it is brought does not come so far.
      this.#isTold = false;
      this.#backoff.reset();
    }
    if (this.#session !== session) return;
    for (const part of this.#parts) part.live(alive);
    if (isFirst) {
      this.#awaited.resolve();
      this.#awaited = Promise.withResolvers();
    }
    this.#next(this.#times.beatMs, () => this.#beat(session).catch((error: unknown) => this.#lose(session, error)));
  }

  async #sign(session: Session, what: 'LOOK' | 'RENEW' | 'JOIN'): Promise<{ isKnown: boolean; alive: Alive }> {
    const values = [this.id, what === 'LOOK' ? 0 : this.#times.lifeMs, what === 'JOIN' ? 1 : 0] as const;
    const beat = session.client.call('EVAL', BEAT, 1, `${this.prefix}:publishers`, ...values);
    const [isKnown, ...alive] = (await this.#within(beat)) as [number, ...string[]];
    return { isKnown: isKnown === 1, alive: new Set(alive) };
  }

  #receive(channel: string, text: string): void {
    for (const part of this.#parts) if (part.channel === channel) part.receive(text);
  }

  #flush(): void {
    const commands = this.#commands;
    this.#commands = [];
    const session = this.#session;
    if (session === undefined || commands.length === 0) return;
    const characters = commands.reduce((sum, [, ...values]) => sum + lengthOf(values), 0);
    this.#unanswered += commands.length;
    this.#unansweredCharacters += characters;
    if (this.#unanswered > MOST_UNANSWERED || this.#unansweredCharacters > MOST_UNANSWERED_CHARACTERS) {
      this.#lose(session, new Error(`${this.#unanswered} commands wait for an answer`));
      return;
    }
    const pipeline = session.client.pipeline();
    for (const [name, ...values] of commands) pipeline.call(name, ...values);
    const answered = (): void => {
      if (this.#session !== session) return;
      this.#unanswered -= commands.length;
      this.#unansweredCharacters -= characters;
    };
    void pipeline.exec().then(
      (answers) => {
        answered();
        const refusal = answers?.find(([error]) => error !== null)?.[0];
        if (refusal != null && this.#session === session) this.#lose(session, refusal);
      },
      (error: unknown) => this.#lose(session, error),
    );
  }

  #lose(session: Session, error: unknown): void {
    if (this.#session !== session) return;
    this.#end(session);
    this.#retry(error);
  }

  #end(session: Session | undefined): void {
    this.#session = undefined;
    this.#cancelNext?.();
    this.#commands = [];
    this.#unanswered = 0;
    this.#unansweredCharacters = 0;
    session?.client.disconnect();
    session?.subscriber.disconnect();
    if (session !== undefined) for (const part of this.#parts) part.lose();
  }

  #next(delayMs: number, task: () => Promise<void>): void {
    this.#cancelNext?.();
    this.#cancelNext = this.clock.after(delayMs, () => {
      this.#running = task();
    });
  }

  #within<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return answerWithin(answer, this.clock, this.#times.deadlineMs);
  }
}

/** Redis has understood, and will not. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function lengthOf(values: readonly (string | number)[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
}
