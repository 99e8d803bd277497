import { answerWithin } from '../../async/answer-within.ts';
import { CodedError } from '../../domain/errors.ts';
import { parseObject } from '../../domain/json-text.ts';
import { isFailure, toError, toFailure } from './messages.ts';
import { type Alive, isRefusal, type LinkPart, type RedisLink } from './redis-link.ts';

/** A call was not made: nobody is there who could have heard it. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** A call may have been heard, and what came of it is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** What a process does when another one calls it. `from` is the caller's id. Fails as the caller is to see it. */
export type CallHandler = (values: Readonly<Record<string, unknown>>, from: string) => unknown;

interface Call {
  readonly by: string;
  /** Where there is an answer: the caller's number of it. */
  readonly id?: number | undefined;
  readonly method: string;
  /** Milliseconds since the epoch, by the clock of the caller. */
  readonly at: number;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly to: string;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A venue takes a while; who is gone is noticed earlier. */
const TIMEOUT_MS = 15_000;
/** A call that comes later is not done any more: its caller has given up. Clocks may differ by as much as it is short. */
const LATE_MS = 10_000;

/**
 * Calls from process to process, each made once: PREFIX:process:ID is the channel on which a process hears calls and
 * answers.
 */
export class ProcessCalls implements LinkPart {
  readonly channel: string;
  readonly #link: RedisLink;
  readonly #timeoutMs: number;
  readonly #handlers = new Map<string, CallHandler>();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(link: RedisLink, timeoutMs = TIMEOUT_MS) {
    this.#link = link;
    this.#timeoutMs = timeoutMs;
    this.channel = this.#channelOf(link.id);
    link.add(this);
  }

  handle(method: string, handler: CallHandler): void {
    this.#handlers.set(method, handler);
  }

  /**
   * Fails with a NotSentError, a NoAnswerError, or the CodedError with which the other process has failed.
   */
  async ask(to: string | undefined, method: string, values: object): Promise<unknown> {
    if (to === undefined || !this.#link.isUp) throw new NotSentError('no process that lives can be asked');
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => void this.#waiting.set(id, { to, resolve, reject }));
    answer.catch(() => undefined); // looked at below, if it is looked at
    try {
      const heard = await this.#publish(to, this.#callOf(method, values, id));
      if (heard === 0) throw new NotSentError('the process that was to be asked is gone');
      return await answerWithin(answer, this.#link.clock, this.#timeoutMs);
    } catch (error) {
      if (error instanceof CodedError || error instanceof NotSentError) throw error;
      throw new NoAnswerError('the process that was asked gave no answer', { cause: error });
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Nobody says whether it was heard. */
  tell(to: string, method: string, values: object): void {
    this.#link.send(['PUBLISH', this.#channelOf(to), JSON.stringify(this.#callOf(method, values))]);
  }

  receive(text: string): void {
    const message = parseObject(text);
    if (message === undefined) return;
    if ('answerTo' in message) this.#settle(message);
    else if (isCall(message)) void this.#answer(message);
  }

  async synchronise(): Promise<void> {}

  live(alive: Alive): void {
    for (const { to, reject } of this.#waiting.values()) {
      if (!alive.has(to)) reject(new NoAnswerError('the process that was asked is gone'));
    }
  }

  lose(): void {
    for (const { reject } of this.#waiting.values()) reject(new NoAnswerError('Redis is away'));
  }

  #callOf(method: string, values: object, id?: number): Call {
    return { by: this.#link.id, id, method, at: this.#link.clock.now(), values: { ...values } };
  }

  async #publish(to: string, call: Call): Promise<number> {
    try {
      return await this.#link.ask((client) => client.publish(this.#channelOf(to), JSON.stringify(call)));
    } catch (error) {
      if (isRefusal(error)) throw new NotSentError('Redis refuses calls', { cause: error });
      throw error;
    }
  }

  async #answer(call: Call): Promise<void> {
    const { by, id, method, at, values } = call;
    const handler = this.#handlers.get(method);
    if (handler === undefined) return;
    const isLate = Math.abs(this.#link.clock.now() - at) > LATE_MS;
    const answer = await Promise.resolve()
      .then(() => (isLate ? Promise.reject(tooLate()) : handler(values, by)))
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ failed: toFailure(error instanceof Error ? error : new Error(String(error))) }),
      );
    if (id === undefined) return;
    this.#link.send(['PUBLISH', this.#channelOf(by), JSON.stringify({ answerTo: id, ...answer })]);
  }

  #settle({ answerTo, value, failed }: Record<string, unknown>): void {
    const waiting = typeof answerTo === 'number' ? this.#waiting.get(answerTo) : undefined;
    if (waiting === undefined) return;
    if (failed === undefined || failed === null) waiting.resolve(value);
    else if (isFailure(failed)) waiting.reject(toError(failed));
    else waiting.reject(new NoAnswerError('the process that was asked gave an answer that is none'));
  }

  #channelOf(id: string): string {
    return `${this.#link.prefix}:process:${id}`;
  }
}

function tooLate(): CodedError {
  return new CodedError(
    'GATEWAY_DOWN',
    `received a call of more than ${LATE_MS} ms ago, or clocks that differ by that`,
  );
}

function isCall(message: Record<string, unknown>): message is Record<string, unknown> & Call {
  const { by, method, at, values } = message;
  const isAddressed = typeof by === 'string' && typeof method === 'string' && typeof at === 'number';
  return isAddressed && typeof values === 'object' && values !== null;
}
