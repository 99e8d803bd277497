import type { Clock } from '../../async/clock.ts';
import { CodedError } from '../../domain/errors.ts';
import { type ConflatedSubscription, type Keyed, MOST_UNREAD_STATES } from '../bus.ts';
import { KeyedReader, type KeyedReaderOwner } from './keyed-reader.ts';
import { Throttle } from './throttle.ts';

/** A published state, made once for all readers. */
export interface Update<Value> {
  readonly key: string;
  readonly part: string | undefined;
  readonly state: Keyed<Value>;
}

export interface ConflatedReaderOptions<Value> {
  readonly subscription: ConflatedSubscription<Value>;
  readonly owner: KeyedReaderOwner<Value>;
  readonly clock: Clock;
}

export class ConflatedReader<Value> extends KeyedReader<Value> {
  /** By key and part, the newest state of each, oldest first: so the seq of a key rises whatever its parts are. */
  readonly #unread = new Map<string, Map<string | undefined, Keyed<Value>>>();
  /** States in `#unread`. */
  #size = 0;
  /** Keys with something unread that may be delivered now, longest waiting first. */
  readonly #ready = new Set<string>();
  #throttle: Throttle | undefined;

  constructor({ subscription, owner, clock }: ConflatedReaderOptions<Value>) {
    super(subscription, owner);
    const { maxPerSecond } = subscription;
    if (maxPerSecond === undefined) return;
    this.#throttle = new Throttle({ clock, maxPerSecond, onResume: (keys) => this.#resume(keys) });
  }

  offer(update: Update<Value>): void {
    const { key, state } = update;
    if (!this.wants(state)) return;
    // Somebody waits, so nothing is unread but what pauses.
    if (this.isAwaited && this.#throttle?.isPaused(key) !== true) {
      this.#throttle?.pause(key);
      this.give(state);
      return;
    }
    this.#put(update);
    if (this.#size > MOST_UNREAD_STATES) this.abort(tooSlow());
  }

  override fail(error: Error): void {
    this.#throttle?.stop();
    this.#throttle = undefined;
    this.#resume(this.#unread.keys());
    super.fail(error);
  }

  protected take(): Keyed<Value> | undefined {
    const [key] = this.#ready;
    if (key === undefined) return undefined;
    const [[part, state] = []] = this.#unread.get(key) ?? [];
    this.#ready.delete(key);
    this.#throttle?.pause(key);
    this.#remove(key, part);
    return state;
  }

  protected drop(): void {
    this.#throttle?.stop();
    this.#unread.clear();
    this.#ready.clear();
    this.#size = 0;
  }

  #put({ key, part, state }: Update<Value>): void {
    const states = this.#unread.get(key);
    if (states === undefined) {
      this.#unread.set(key, new Map([[part, state]]));
      this.#size += 1;
      this.#makeReady(key);
      return;
    }
    const sizeBefore = states.size;
    // Behind the other parts; the only one stays where it is.
    if (sizeBefore > 1) states.delete(part);
    states.set(part, state);
    this.#size += states.size - sizeBefore;
  }

  #remove(key: string, part: string | undefined): void {
    const states = this.#unread.get(key);
    states?.delete(part);
    this.#size -= 1;
    if (states?.size === 0) this.#unread.delete(key);
    else this.#makeReady(key);
  }

  #makeReady(key: string): void {
    if (this.#throttle?.isPaused(key) !== true) this.#ready.add(key);
  }

  #resume(keys: Iterable<string>): void {
    for (const key of keys) if (this.#unread.has(key)) this.#ready.add(key);
    this.wake();
  }
}

function tooSlow(): CodedError {
  return new CodedError('SLOW_CONSUMER', `more than ${MOST_UNREAD_STATES} states waited to be read, subscribe again`);
}
