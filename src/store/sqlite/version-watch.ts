import type { Clock } from '../../async/clock.ts';

export interface VersionWatchOptions {
  /** The version of what is watched; another one after each change. A throw counts as a change. */
  readonly version: () => number;
  readonly clock: Clock;
  readonly everyMs: number;
}

/** Looks at a version again and again, for as long as somebody wants to know when it changes. */
export class VersionWatch {
  readonly #options: VersionWatchOptions;
  readonly #watchers = new Set<() => void>();
  #version = Number.NaN;
  #cancel: (() => void) | undefined;

  constructor(options: VersionWatchOptions) {
    this.#options = options;
  }

  /** Calls `onChange` within `everyMs` of each change, until what is answered is disposed of. */
  add(onChange: () => void): Disposable {
    const watcher = (): void => onChange(); // one function may be added twice
    if (this.#watchers.size === 0) {
      this.#hasChanged();
      this.#waitOn();
    }
    this.#watchers.add(watcher);
    return {
      [Symbol.dispose]: () => {
        this.#watchers.delete(watcher);
        if (this.#watchers.size === 0) this.close();
      },
    };
  }

  close(): void {
    this.#watchers.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #waitOn(): void {
    const { clock, everyMs } = this.#options;
    this.#cancel = clock.after(everyMs, () => this.#look());
  }

  #look(): void {
    const watchers = this.#hasChanged() ? [...this.#watchers] : [];
    this.#waitOn();
    for (const tell of watchers) tell();
  }

  #hasChanged(): boolean {
    const before = this.#version;
    try {
      this.#version = this.#options.version();
    } catch {
      this.#version = Number.NaN;
    }
    return this.#version !== before; // NaN is not even itself
  }
}
