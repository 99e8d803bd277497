import type { ExecutionResult } from 'graphql';
import type { SharedDelivery } from '../domain/stream.ts';
import type { Response, ResponseStream } from './response-stream.ts';

/** An encoded response. Every member gets the same object; nothing in it may be changed. */
export interface Payload {
  /** Of payloads with the same key only the newest matters to a member that is behind; undefined: each one does. */
  readonly key: string | undefined;
  /** The execution result as JSON in UTF-8. */
  readonly json: Buffer;
}

/** Who gets the payloads of a shared subscription. Its methods must return at once and not throw. */
export interface Member {
  /** What one turn of the event loop produced. */
  deliver(payloads: readonly Payload[]): void;
  /** Nothing follows: the subscription is over, or failed of `error`. */
  end(error?: unknown): void;
}

export interface SharedSubscription {
  /** Identical for all who may share: operation, variables and whatever the answer depends on. */
  readonly key: string;
  readonly delivery: SharedDelivery<unknown>;
  /**
   * Starts it for the first member. A result instead of a stream says why it could not start. The signal aborts when it
   * is over: it has ended or could not start, or its last member has left.
   */
  readonly start: (signal: AbortSignal) => Promise<ResponseStream | ExecutionResult>;
  /** The JSON of a response, made once for all. */
  readonly encode: (result: ExecutionResult) => Buffer;
}

/** Gives the place in a shared subscription back. Calling it again does nothing. */
export type Leave = () => void;

/**
 * Runs identical subscriptions once: each event is executed and encoded once, whoever follows, and what one turn of the
 * event loop produced reaches each member at one go. Nobody waits for a member.
 */
export class SharedSubscriptions {
  readonly #groups = new Map<string, Group>();

  /** How many subscriptions run. */
  get size(): number {
    return this.#groups.size;
  }

  /**
   * Makes a member follow, beginning with the newest payload of each key. The result of a subscription that could not
   * start goes to all who wanted to follow it.
   */
  async join(subscription: SharedSubscription, member: Member): Promise<Leave | ExecutionResult> {
    const group = this.#groups.get(subscription.key) ?? this.#open(subscription);
    const refusal = await group.join(member);
    return refusal ?? (() => group.leave(member));
  }

  #open(subscription: SharedSubscription): Group {
    const { key } = subscription;
    const group = new Group(subscription, () => {
      if (this.#groups.get(key) === group) this.#groups.delete(key);
    });
    this.#groups.set(key, group);
    return group;
  }
}

class Group {
  readonly #subscription: SharedSubscription;
  readonly #onOver: () => void;
  readonly #members = new Set<Member>();
  /** Members whose start is awaited. */
  #waiting = 0;
  readonly #started: Promise<ResponseStream | ExecutionResult>;
  #stream: ResponseStream | undefined;
  #pumping: Promise<void> | undefined;
  readonly #over = new AbortController();
  /** What it failed of. */
  #failure: unknown;
  /** The newest payload of each key, for members that come later. */
  readonly #latest = new Map<string, Payload>();
  /** Produced in this turn of the event loop. */
  #produced: Payload[] = [];

  constructor(subscription: SharedSubscription, onOver: () => void) {
    this.#subscription = subscription;
    this.#onOver = onOver;
    this.#started = this.#start();
  }

  async join(member: Member): Promise<ExecutionResult | undefined> {
    this.#waiting++;
    let started: ResponseStream | ExecutionResult;
    try {
      started = await this.#started;
    } finally {
      this.#waiting--;
    }
    if (!isStream(started)) return started;
    if (this.#isOver) {
      member.end(this.#failure);
      return undefined;
    }
    // What this turn has produced so far is in the newest payloads already: the others get it now, this one not twice.
    this.#flush();
    if (this.#latest.size > 0) member.deliver([...this.#latest.values()]);
    this.#members.add(member);
    // Not before somebody is there to see the first event.
    this.#pumping ??= this.#pump(started);
    return undefined;
  }

  leave(member: Member): void {
    if (this.#members.delete(member) && this.#members.size === 0 && this.#waiting === 0) this.#close();
  }

  async #start(): Promise<ResponseStream | ExecutionResult> {
    try {
      const started = await this.#subscription.start(this.#over.signal);
      if (!isStream(started)) {
        this.#finish();
        return started;
      }
      this.#stream = started;
      return started;
    } catch (error) {
      this.#finish();
      throw error;
    }
  }

  async #pump(stream: ResponseStream): Promise<void> {
    try {
      for await (const response of stream) this.#produce(response);
      this.#end();
    } catch (error) {
      this.#end(error ?? new Error('the source of a subscription threw nothing'));
    }
  }

  #produce({ result, event }: Response): void {
    const { delivery, encode } = this.#subscription;
    const isConflated = delivery.kind === 'CONFLATED';
    const key = isConflated ? delivery.keyOf(event) : undefined;
    const part = isConflated ? (delivery.partOf?.(event) ?? '') : '';
    const payload: Payload = { key: key === undefined ? undefined : `${key}\n${part}`, json: encode(result) };
    if (key !== undefined) this.#keep(key, payload, delivery.isOver?.(event) === true);
    if (this.#produced.length === 0) setImmediate(() => this.#flush());
    this.#produced.push(payload);
  }

  #keep(key: string, payload: Payload, isOver: boolean): void {
    if (isOver) this.#latest.delete(key);
    else this.#latest.set(key, payload);
  }

  #flush(): void {
    const produced = this.#produced;
    if (produced.length === 0) return;
    this.#produced = [];
    for (const member of this.#members) member.deliver(produced);
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#flush();
    this.#failure = error;
    this.#finish();
    for (const member of this.#members) member.end(error);
    this.#members.clear();
  }

  #close(): void {
    this.#finish();
    this.#produced = [];
    void this.#stream?.return();
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #finish(): void {
    this.#onOver();
    this.#over.abort();
  }
}

function isStream(started: ResponseStream | ExecutionResult): started is ResponseStream {
  return Symbol.asyncIterator in started;
}
