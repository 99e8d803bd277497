/// <reference lib="dom" />
import { askOverHttp, type WireError, type WireResult } from './ask.ts';
import type { Desk, Following, Operation } from './panel.ts';

export type ConnectionState = 'CONNECTING' | 'LIVE' | 'WAITING';

export interface DeskSocketOptions {
  /** Where the server answers GraphQL, over HTTP. */
  readonly endpoint: string;
  readonly onState: (state: ConnectionState) => void;
  /** Calls back once after a time; the answered function calls it off. */
  readonly after: (delayMs: number, task: () => void) => () => void;
  /** From 0 to 1. */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 10_000;
/** A connection that says nothing for so long is asked whether it is there. */
const SILENT_MS = 15_000;
/** How long it may take to answer, or a new one to be made. */
const ANSWER_MS = 10_000;
/** What passes by itself: the stream is followed again, behind the last that it gave. */
const PASSING: readonly unknown[] = ['SLOW_CONSUMER', 'SHUTTING_DOWN', 'OVERLOADED', 'RATE_LIMITED'];

/** What a server says on graphql-transport-ws. */
interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A stream that is wanted. */
interface Stream {
  request(): object;
  take(data: unknown): void;
  end(error: WireError | undefined): void;
  /** Its id on the present connection. Undefined: none is under way. */
  id: string | undefined;
  /** How often it failed in a row. */
  failures: number;
  /** Calls the next attempt off. */
  callOff: () => void;
}

/**
 * All streams of the page over one WebSocket (graphql-transport-ws). A lost connection is made again after a second, then
 * less and less often; each stream then asks for its variables anew. Questions and mutations go over HTTP, once.
 */
export class DeskSocket implements Desk {
  readonly #options: DeskSocketOptions;
  readonly #streams = new Set<Stream>();
  #socket: WebSocket | undefined;
  #state: ConnectionState = 'WAITING';
  #failures = 0;
  #ids = 0;
  #callOff: () => void = () => {};

  constructor(options: DeskSocketOptions) {
    this.#options = options;
  }

  ask<Data>(operation: Operation): Promise<Data> {
    return askOverHttp<Data>(this.#options.endpoint, operation);
  }

  follow<Data>(following: Following<Data>): () => void {
    const stream: Stream = {
      request: () => ({ query: following.query, variables: following.variables() }),
      // The server answers in the shape that the query asks for.
      take: (data) => following.onData(data as Data),
      end: (error) => following.onEnd(error?.message, error?.extensions?.code),
      ...{ id: undefined, failures: 0, callOff: () => {} },
    };
    this.#streams.add(stream);
    this.#subscribe(stream);
    if (this.#socket === undefined && this.#failures === 0) this.#connect();
    return () => this.#abandon(stream);
  }

  /** Somebody looks at the page again: a lost connection is made again at once, a silent one is tried. */
  wake(): void {
    if (this.#streams.size === 0) return;
    if (this.#state === 'WAITING') this.#connect();
    else if (this.#state === 'LIVE') this.#probe();
  }

  /** Ends all streams, without a word to who follows them. */
  close(): void {
    for (const stream of this.#streams) stream.callOff();
    this.#streams.clear();
    this.#drop();
  }

  #connect(): void {
    this.#callOff();
    this.#enter('CONNECTING');
    const socket = new WebSocket(this.#options.endpoint.replace(/^http/, 'ws'), 'graphql-transport-ws');
    this.#socket = socket;
    const isCurrent = (): boolean => this.#socket === socket;
    socket.addEventListener('open', () => isCurrent() && this.#send({ type: 'connection_init' }));
    socket.addEventListener('message', ({ data }) => isCurrent() && this.#receive(JSON.parse(String(data))));
    socket.addEventListener('close', () => isCurrent() && this.#lose());
    this.#callOff = this.#options.after(ANSWER_MS, () => this.#lose());
  }

  #receive({ type, id, payload }: Message): void {
    if (this.#state === 'LIVE') this.#watch();
    if (type === 'connection_ack') this.#welcome();
    else if (type === 'ping') this.#send({ type: 'pong' });
    // What is still under way for an id that was given up belongs to nobody.
    const stream = [...this.#streams].find((each) => each.id !== undefined && each.id === id);
    if (stream === undefined) return;
    if (type === 'next') this.#deliver(stream, payload as WireResult);
    else if (type === 'error') this.#fail(stream, payload as readonly WireError[]);
    else if (type === 'complete') this.#end(stream, undefined);
  }

  #welcome(): void {
    this.#failures = 0;
    this.#enter('LIVE');
    this.#watch();
    for (const stream of this.#streams) this.#subscribe(stream);
  }

  #deliver(stream: Stream, { data, errors: [error] = [] }: WireResult): void {
    stream.failures = 0;
    if (data !== undefined && data !== null) {
      stream.take(data);
      return;
    }
    this.#abandon(stream);
    stream.end(error);
  }

  #fail(stream: Stream, [error]: readonly WireError[]): void {
    stream.id = undefined;
    if (!PASSING.includes(error?.extensions?.code)) {
      this.#end(stream, error);
      return;
    }
    stream.callOff = this.#options.after(this.#delayMs(stream.failures), () => this.#subscribe(stream));
    stream.failures += 1;
  }

  #end(stream: Stream, error: WireError | undefined): void {
    this.#streams.delete(stream);
    stream.end(error);
  }

  #subscribe(stream: Stream): void {
    if (this.#state !== 'LIVE') return;
    stream.callOff();
    stream.id = String(++this.#ids);
    this.#send({ id: stream.id, type: 'subscribe', payload: stream.request() });
  }

  #abandon(stream: Stream): void {
    stream.callOff();
    if (!this.#streams.delete(stream) || stream.id === undefined || this.#state !== 'LIVE') return;
    this.#send({ id: stream.id, type: 'complete' });
  }

  #watch(): void {
    this.#callOff();
    this.#callOff = this.#options.after(SILENT_MS, () => this.#probe());
  }

  #probe(): void {
    this.#callOff();
    this.#send({ type: 'ping' });
    this.#callOff = this.#options.after(ANSWER_MS, () => this.#lose());
  }

  #lose(): void {
    this.#drop();
    this.#enter('WAITING');
    for (const stream of this.#streams) stream.id = undefined;
    this.#callOff = this.#options.after(this.#delayMs(this.#failures), () => this.#connect());
    this.#failures += 1;
  }

  /** Does not wait for a connection that may be gone to say that it is. */
  #drop(): void {
    this.#callOff();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #delayMs(failures: number): number {
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
    return delayMs * (0.5 + this.#options.random() / 2);
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }
}
