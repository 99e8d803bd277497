import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

const LOOKS_A_TIMEOUT = 5;

export interface OutletLimits {
  /** With more unsent bytes a reader is behind: what can wait is not written any more. */
  readonly behindBytes: number;
  /** A reader that is behind and takes not one byte for so long is given up. */
  readonly stallTimeoutMs: number;
}

export interface OutletOptions extends OutletLimits {
  /** Where to write: the socket, or the HTTP response on it. */
  readonly writable: Writable;
  readonly socket: Socket;
  /** Whether anything more may be said on the connection. */
  readonly isOpen: () => boolean;
  /** Called whenever the reader falls behind; `onDrain` tells when it has caught up. */
  readonly onBehind?: () => void;
  /** Called once, when the reader is given up. */
  readonly onStall: () => void;
}

/** The outgoing side of a connection. Writing never waits; it knows when its reader is behind, and when it has stalled. */
export class Outlet {
  readonly #options: OutletOptions;
  // Of the options, what each write to each of many readers looks at: the fewer objects lie between, the better.
  readonly #writable: Writable;
  readonly #behindBytes: number;
  readonly #isOpen: () => boolean;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  /** What the last look at the progress has seen. */
  #lastProgress = 0;
  /** Whether the kernel has left something since that look that it did not take at once. */
  #hasWaited = false;

  constructor(options: OutletOptions) {
    this.#options = options;
    this.#writable = options.writable;
    this.#behindBytes = options.behindBytes;
    this.#isOpen = options.isOpen;
    options.writable.on('drain', () => this.#onDrain());
    options.writable.once('close', () => this.#stopWatching());
  }

  get isBehind(): boolean {
    // Without this need nobody would say when everything has left, however little may wait.
    return this.#writable.writableLength > this.#behindBytes && this.#writable.writableNeedDrain;
  }

  write(bytes: Buffer): void {
    if (!this.#isOpen()) return;
    this.#writable.write(bytes);
    this.watch();
  }

  /** To be called when somebody else has written to the same connection. */
  watch(): void {
    if (this.#writable.writableLength === 0) return;
    this.#hasWaited = true;
    if (this.#timer !== undefined || !this.isBehind) return;
    this.#watch(this.#progress, 0);
    this.#options.onBehind?.();
  }

  /** Whether the reader was behind and has not caught up since: when it stalls, it is given up. */
  get isWatched(): boolean {
    return this.#timer !== undefined;
  }

  /**
   * Whether the reader has taken some of what waited, since this was last asked. What the kernel takes at once says
   * nothing: it does so for a reader that is long gone, until it has its own buffers full.
   */
  takesBytes(): boolean {
    const progress = this.#progress;
    const isTaking = this.#hasWaited && progress !== this.#lastProgress;
    this.#lastProgress = progress;
    this.#hasWaited = this.#writable.writableLength > 0;
    return isTaking;
  }

  /** Calls `listener` whenever everything that was written has left, until the answered function is called. */
  onDrain(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => void this.#waiting.delete(listener);
  }

  #onDrain(): void {
    this.#stopWatching();
    for (const listener of [...this.#waiting]) listener();
  }

  /** Looks several times within the timeout, so that what was taken at its begin does not buy another one. */
  #watch(progress: number, looksInVain: number): void {
    const { stallTimeoutMs, onStall, socket } = this.#options;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        if (socket.destroyed) return;
        const isTaking = this.#progress !== progress;
        const looks = isTaking ? 0 : looksInVain + 1;
        if (looks < LOOKS_A_TIMEOUT) this.#watch(this.#progress, looks);
        else onStall();
      },
      Math.ceil(stallTimeoutMs / LOOKS_A_TIMEOUT),
    ).unref();
  }

  #stopWatching(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Changes whenever the kernel takes bytes, also of a write that is under way, which only the handle knows about. */
  get #progress(): number {
    const { socket } = this.#options;
    const handle: unknown = Reflect.get(socket, '_handle');
    const isKnown = typeof handle === 'object' && handle !== null && 'writeQueueSize' in handle;
    return socket.bytesWritten - socket.writableLength - (isKnown ? Number(handle.writeQueueSize) : 0);
  }
}
