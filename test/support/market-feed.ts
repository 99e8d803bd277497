import type { SeriesFeed } from '../../src/cache/series-loader.ts';
import type { SessionClock } from '../../src/cache/sessions/session-clock.ts';
import type { Day } from '../../src/domain/day.ts';
import { notFound } from '../../src/domain/errors.ts';
import type { BarColumns, BarHistory, CorporateEvent } from '../../src/domain/series.ts';

/** A vendor that has a bar of every session of a market as soon as it is final, and whose answers a test can spoil. */
export interface MarketFeed extends SeriesFeed<BarHistory> {
  /** What was asked: a code, and from which day on when not for everything. */
  readonly asked: { readonly code: string; readonly from: Day | undefined }[];
  name: string;
  failure: Error | undefined;
  /** While set, loads wait for it. */
  gate: Promise<unknown> | undefined;
  /** The last session that it has, when it is late. */
  lateThrough: Day | undefined;
  events: readonly CorporateEvent[];
  areEventsKnown: boolean;
  /** What it says the close of a day was. */
  closeOf: (day: Day) => number;
  /** Changes an answer. */
  spoil: (history: BarHistory) => BarHistory;
}

export interface MarketFeedOptions {
  readonly clock: SessionClock;
  readonly now: () => number;
  readonly firstDay: Day;
}

export function marketFeed({ clock, now, firstDay }: MarketFeedOptions): MarketFeed {
  const feed: MarketFeed = {
    asked: [],
    name: 'vendor',
    failure: undefined,
    gate: undefined,
    lateThrough: undefined,
    events: [],
    areEventsKnown: true,
    closeOf: (day) => 100 + (day % 7),
    spoil: (history) => history,
    async load(code, _signal, from) {
      feed.asked.push({ code, from });
      const askedAt = now();
      await feed.gate;
      if (feed.failure !== undefined) throw feed.failure;
      const through = feed.lateThrough ?? clock.lastFinalSession(askedAt) ?? firstDay;
      const days: Day[] = [];
      for (let day = from ?? firstDay; day <= through; day += 1) if (clock.isSession(day) === true) days.push(day);
      if (days.length === 0) throw notFound('it has no such code');
      const columns = columnsOf(days, feed.closeOf);
      const { events, areEventsKnown, name: source } = feed;
      const revision = JSON.stringify([[...columns.day], [...columns.close], events]);
      const facts = { source, fetchedAt: now(), revision, renewal: 'SESSION' } as const;
      return feed.spoil({ code, columns, events, areEventsKnown, ...facts });
    },
  };
  return feed;
}

export function columnsOf(days: readonly Day[], closeOf: (day: Day) => number): BarColumns {
  const close = Float64Array.from(days, closeOf);
  return {
    day: Int32Array.from(days),
    open: close,
    high: close,
    low: close,
    close,
    volume: new Float64Array(days.length).fill(1000),
    amount: new Float64Array(days.length).fill(Number.NaN),
  };
}
