import type { Clock } from '../async/clock.ts';
import { isLasting } from '../async/stretch.ts';

/** A venue answers nobody at one of our addresses. Times are milliseconds since the epoch. */
export interface BanRecord {
  /** The venue and the way to it: its origin, and the proxy's address if there is one. */
  readonly address: string;
  readonly from: number;
  readonly until: number;
  /** For people; without secrets. */
  readonly reason: string;
}

/** Where bans outlive the process. What was answered is durable. Fails when it cannot be reached. */
export interface BanRecords {
  /** All that are kept, also those that are over. */
  bans(): Promise<readonly BanRecord[]>;
  /** Replaces what was kept of the same address. */
  keepBan(ban: BanRecord): Promise<void>;
}

export interface BansOptions {
  readonly clock: Clock;
  readonly records?: BanRecords | undefined;
  /** A ban could not be kept: a restart would not know of it. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** The bans of all venues, shared by all who ask them: while one lasts, nothing is sent there. */
export class Bans {
  readonly #options: BansOptions;
  readonly #bans = new Map<string, BanRecord>();
  readonly #listeners = new Set<() => void>();
  readonly #cancels = new Map<string, () => void>();

  constructor(options: BansOptions) {
    this.#options = options;
  }

  /** Reads what earlier processes have met; fails as the records do. Called before anything is sent. */
  async load(): Promise<void> {
    for (const ban of (await this.#options.records?.bans()) ?? []) this.#set(ban);
  }

  /** The ban that lasts; undefined: there is none. */
  of(address: string): BanRecord | undefined {
    const ban = this.#bans.get(address);
    return ban !== undefined && isLasting(ban, this.#options.clock.now()) ? ban : undefined;
  }

  /** Begins a ban, or makes the one that lasts longer; never shortens it. */
  begin(ban: BanRecord): void {
    if (ban.until <= (this.of(ban.address)?.until ?? ban.from)) return;
    this.#set(ban);
    this.#options.records?.keepBan(ban).catch((error: unknown) => this.#options.onFault?.(error));
  }

  /** Calls the listener when a ban begins or ends. The function answered takes that back. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends its timers. */
  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #set(ban: BanRecord): void {
    const { clock } = this.#options;
    if (!isLasting(ban, clock.now())) return;
    this.#bans.set(ban.address, ban);
    this.#cancels.get(ban.address)?.();
    this.#cancels.set(
      ban.address,
      clock.after(ban.until - clock.now(), () => this.#end(ban.address)),
    );
    this.#tell();
  }

  #end(address: string): void {
    this.#cancels.delete(address);
    this.#bans.delete(address);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
