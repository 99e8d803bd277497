/** Messages that are handled within one turn of the event loop. */
const MESSAGES_A_TURN = 20;

export interface InboxOptions {
  /** Whether what is answered cannot leave: then nothing more is handled. */
  readonly isBlocked: () => boolean;
  /** Nothing more is to be read until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * Messages of one client that wait for their turn: at most a few are handled before everybody else has one, and none
 * while the client does not take the answers. What has been read already waits here; more is not read meanwhile.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #waiting: (() => void)[] = [];
  #handledInTurn = 0;
  #turn: NodeJS.Immediate | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Handles a message now or later, in the order of the calls. */
  put(handle: () => void): void {
    if (this.#waiting.length === 0 && this.#mayHandle()) {
      this.#handle(handle);
      return;
    }
    if (this.#waiting.length === 0) this.#options.pause();
    this.#waiting.push(handle);
  }

  /** To be called when what was answered has left. */
  unblock(): void {
    this.#next();
  }

  /** Forgets what waits. */
  close(): void {
    this.#waiting.length = 0;
    clearImmediate(this.#turn);
  }

  #mayHandle(): boolean {
    return this.#handledInTurn < MESSAGES_A_TURN && !this.#options.isBlocked();
  }

  #handle(handle: () => void): void {
    this.#handledInTurn += 1;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#handledInTurn = 0;
      this.#next();
    });
    handle();
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    while (this.#waiting.length > 0 && this.#mayHandle()) {
      const handle = this.#waiting.shift();
      if (handle !== undefined) this.#handle(handle);
    }
    if (this.#waiting.length === 0) this.#options.resume();
  }
}
