import { setImmediate } from 'node:timers/promises';
import type { Keyed, Reader } from '../../src/bus/bus.ts';

/** A value that the suites publish. */
export interface Price {
  readonly symbol: string;
  readonly price: number;
}

/** A topic under test, and how to wait until all that was published has come to its readers. */
export interface OpenedTopic<Topic> extends Disposable {
  readonly topic: Topic;
  settled(): Promise<void>;
}

/** A topic of this process, whose readers have everything at once but for what promises still carry. */
export function openedInProcess<Topic>(topic: Topic): OpenedTopic<Topic> {
  return { topic, settled: () => setImmediate(), [Symbol.dispose]: () => undefined };
}

export function price(symbol: string, amount: number): Price {
  return { symbol, price: amount };
}

/** The next values, as many as are asked for; fewer when the reader is done before. */
export async function take<Value>(reader: Reader<Value>, count: number): Promise<Value[]> {
  const taken: Value[] = [];
  while (taken.length < count) {
    const { done, value } = await reader.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

export function brief({ symbol, price: amount, seq }: Keyed<Price>): string {
  return `${symbol} ${amount} #${seq}`;
}

type Outcome<Value> = { readonly value: Value } | { readonly error: unknown } | 'DONE';

/** Pulls without waiting and keeps what came of each pull, in the order of the answers. */
export class Puller<Value> {
  readonly reader: Reader<Value>;
  readonly outcomes: Outcome<Value>[] = [];
  #waiting = 0;

  constructor(reader: Reader<Value>) {
    this.reader = reader;
  }

  /** Pulls that have no answer yet. */
  get waiting(): number {
    return this.#waiting;
  }

  get values(): Value[] {
    return this.outcomes.flatMap((outcome) => (outcome !== 'DONE' && 'value' in outcome ? [outcome.value] : []));
  }

  get errors(): unknown[] {
    return this.outcomes.flatMap((outcome) => (outcome !== 'DONE' && 'error' in outcome ? [outcome.error] : []));
  }

  get isDone(): boolean {
    return this.outcomes.includes('DONE');
  }

  pull(times = 1): void {
    for (let pulled = 0; pulled < times; pulled++) {
      this.#waiting += 1;
      this.reader.next().then(
        ({ done, value }) => this.#answered(done === true || value === undefined ? 'DONE' : { value }),
        (error: unknown) => this.#answered({ error }),
      );
    }
  }

  /** Pulls until a pull has to wait or the reader has ended. */
  async drain(settled: () => Promise<void>): Promise<void> {
    await settled();
    while (this.#waiting === 0 && !this.isDone) {
      this.pull();
      await settled();
    }
  }

  #answered(outcome: Outcome<Value>): void {
    this.#waiting -= 1;
    this.outcomes.push(outcome);
  }
}
