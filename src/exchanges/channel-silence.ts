import type { Clock } from '../async/clock.ts';
import { MARKET_CHANNELS, type MarketChannel } from '../domain/market-topic.ts';

/** How long nothing of a channel may come while topics of it are wanted, in milliseconds. */
export type SilenceBudgets = Readonly<Record<MarketChannel, number>>;

export interface ChannelSilenceOptions {
  readonly clock: Clock;
  readonly budgets: SilenceBudgets;
  /** The first measure: the connection itself is proved by its heartbeat, so the venue may have lost a subscription. */
  renew(channel: MarketChannel): void;
  /** The second, when that has not helped. */
  reconnect(reason: string): void;
  onChange(): void;
}

/** No budget grows beyond an hour. */
const MOST_MS = 3_600_000;

interface Watched {
  budgetMs: number;
  lastAt: number;
  /** Measures since the last data: 0, or 1 when it was renewed, 2 when the connection was given up for it. */
  measures: number;
}

/**
 * Watches that what was acknowledged brings data: a venue may acknowledge a subscription and send nothing, for hours.
 * Because a quiet market looks the same, each measure in vain doubles the time until the next, and prints, which may be
 * rare for good reasons, are renewed and nothing more.
 */
export class ChannelSilence {
  readonly #options: ChannelSilenceOptions;
  readonly #watched = new Map<MarketChannel, Watched>();
  #cancelTimer: (() => void) | undefined;
  #isWatching = false;

  constructor(options: ChannelSilenceOptions) {
    this.#options = options;
  }

  /** Channels of which something is wanted of a connection that is open; none: there is nothing to watch. */
  watch(channels: ReadonlySet<MarketChannel>): void {
    const now = this.#options.clock.now();
    this.#isWatching = true;
    for (const channel of MARKET_CHANNELS) {
      const watched = this.#watched.get(channel);
      if (!channels.has(channel)) this.#watched.delete(channel);
      else if (watched === undefined)
        this.#watched.set(channel, { budgetMs: this.#budget(channel), lastAt: now, measures: 0 });
    }
    this.#awaitNext();
  }

  /** Another connection brings the data: it has its whole time. What was learned of a quiet market stays. */
  restart(): void {
    const now = this.#options.clock.now();
    for (const watched of this.#watched.values()) watched.lastAt = now;
  }

  heard(channel: MarketChannel): void {
    const watched = this.#watched.get(channel);
    if (watched === undefined) return;
    watched.lastAt = this.#options.clock.now();
    if (watched.measures === 0) return;
    watched.measures = 0;
    watched.budgetMs = this.#budget(channel);
    this.#awaitNext();
    this.#options.onChange();
  }

  /** Channels that are silent beyond their time, in words; null: none. */
  get reason(): string | null {
    const silent = [...this.#watched].filter(([, { measures }]) => measures > 0).map(([channel]) => channel);
    return silent.length === 0 ? null : `the venue sends no ${silent.join(', no ')}`;
  }

  /** Until it is told again what to watch. */
  stop(): void {
    this.#isWatching = false;
    this.#cancelTimer?.();
  }

  #budget(channel: MarketChannel): number {
    return this.#options.budgets[channel];
  }

  #awaitNext(): void {
    this.#cancelTimer?.();
    if (this.#watched.size === 0 || !this.#isWatching) return;
    const { clock } = this.#options;
    const now = clock.now();
    const dues = [...this.#watched.values()].map(({ lastAt, budgetMs }) => Math.min(budgetMs, lastAt + budgetMs - now));
    this.#cancelTimer = clock.after(Math.max(0, Math.min(...dues)), () => {
      this.#measure();
      this.#awaitNext();
    });
  }

  #measure(): void {
    const now = this.#options.clock.now();
    for (const [channel, watched] of [...this.#watched]) {
      if (now - watched.lastAt < watched.budgetMs) continue;
      const silentMs = watched.budgetMs;
      watched.lastAt = now;
      watched.measures += 1;
      const isRenewal = channel === 'trades' || watched.measures % 2 === 1;
      if (!isRenewal || channel === 'trades') watched.budgetMs = Math.min(MOST_MS, 2 * watched.budgetMs);
      if (isRenewal) this.#options.renew(channel);
      else this.#options.reconnect(`received no ${channel} for ${silentMs} ms, though they were acknowledged`);
      this.#options.onChange();
    }
  }
}
