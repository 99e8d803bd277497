import type { LiveBar } from '../domain/live-bar.ts';
import { type MarketTopic, topicName } from '../domain/market-topic.ts';
import type { BarEvent } from './bar-builder.ts';

/** A bar of a venue that does not say whether it has closed. */
export type VenueBar = Omit<LiveBar, 'gateway' | 'isClosed'>;

/**
 * The newest bar of each series of one connection, for venues that do not say when a bar has closed: it has once a later
 * one is there.
 */
export class BarSeries {
  readonly #newest = new Map<string, VenueBar>();

  /**
   * The bar, and the one before it as closed when this is the first of the next. A late change of an earlier bar is
   * followed by the newest, which stays the last that is said.
   */
  put(bar: VenueBar): readonly BarEvent[] {
    const name = topicName({ channel: 'bars', ...bar });
    const newest = this.#newest.get(name);
    if (newest !== undefined && bar.openTime < newest.openTime) return [toEvent(bar, true), toEvent(newest, false)];
    this.#newest.set(name, bar);
    const hasClosed = newest !== undefined && newest.openTime < bar.openTime;
    return hasClosed ? [toEvent(newest, true), toEvent(bar, false)] : [toEvent(bar, false)];
  }

  /** What comes of these topics later does not go on from here. */
  forget(topics: readonly MarketTopic[]): void {
    for (const topic of topics) this.#newest.delete(topicName(topic));
  }
}

function toEvent(bar: VenueBar, isClosed: boolean): BarEvent {
  return { type: 'BAR', bar: { ...bar, isClosed } };
}
