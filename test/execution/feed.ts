interface Pull<Event> {
  readonly resolve: (step: IteratorResult<Event, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A source of events that a test controls, and that knows who reads it. Readers see what comes after they came. */
export class Feed<Event> {
  readonly #readers = new Set<FeedReader<Event>>();
  readonly #watchers = new Set<() => void>();
  /** Readers that there ever were. */
  opened = 0;

  get readers(): number {
    return this.#readers.size;
  }

  subscribe(): AsyncIterableIterator<Event, undefined> {
    const reader = new FeedReader<Event>({
      onAwaited: () => this.#tell(),
      onReturn: () => {
        this.#readers.delete(reader);
        this.#tell();
      },
    });
    this.#readers.add(reader);
    this.opened++;
    this.#tell();
    return reader;
  }

  /** Resolves when so many readers are there. */
  untilReaders(count: number): Promise<void> {
    return this.#until(() => this.readers === count);
  }

  /** Resolves when somebody waits for the next event. */
  untilAwaited(): Promise<void> {
    return this.#until(() => [...this.#readers].some((reader) => reader.isAwaited));
  }

  publish(...events: Event[]): void {
    for (const reader of this.#readers) for (const event of events) reader.push(event);
  }

  end(): void {
    for (const reader of this.#readers) reader.end(undefined);
  }

  fail(error: unknown): void {
    for (const reader of this.#readers) reader.end({ error });
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }

  #until(isSo: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (!isSo()) return;
      this.#watchers.delete(look);
      resolve();
    };
    this.#watchers.add(look);
    look();
    return promise;
  }
}

interface FeedReaderOptions {
  readonly onAwaited: () => void;
  readonly onReturn: () => void;
}

class FeedReader<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #options: FeedReaderOptions;
  readonly #queue: Event[] = [];
  #pull: Pull<Event> | undefined;
  #ending: { readonly failure: { readonly error: unknown } | undefined } | undefined;

  constructor(options: FeedReaderOptions) {
    this.#options = options;
  }

  get isAwaited(): boolean {
    return this.#pull !== undefined;
  }

  push(event: Event): void {
    this.#queue.push(event);
    this.#answer();
  }

  end(failure: { readonly error: unknown } | undefined): void {
    this.#ending ??= { failure };
    this.#answer();
  }

  next(): Promise<IteratorResult<Event, undefined>> {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Event, undefined>>();
    this.#pull = { resolve, reject };
    this.#answer();
    if (this.isAwaited) this.#options.onAwaited();
    return promise;
  }

  async return(): Promise<IteratorResult<Event, undefined>> {
    this.#ending = { failure: undefined };
    this.#queue.length = 0;
    this.#answer();
    this.#options.onReturn();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(): void {
    const pull = this.#pull;
    if (pull === undefined) return;
    const [event] = this.#queue;
    if (event !== undefined) {
      this.#queue.shift();
      this.#pull = undefined;
      pull.resolve({ done: false, value: event });
    } else if (this.#ending !== undefined) {
      this.#pull = undefined;
      if (this.#ending.failure === undefined) pull.resolve(DONE);
      else pull.reject(this.#ending.failure.error);
    }
  }
}
