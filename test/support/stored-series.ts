import type { StoredSeries } from '../../src/cache/tiers/series-tier.ts';
import type { BarHistory, NavHistory } from '../../src/domain/series.ts';

const HOUR_MS = 3600 * 1000;
/** Before the time of a ManualClock, and of any other. */
export const ASKED_AT = Date.UTC(2026, 10, 19);

export interface StoredBarsChanges {
  readonly rows?: number;
  readonly revision?: string;
  /** Hours after the time at which all others were asked for. */
  readonly hours?: number;
}

/** Bars of a code, as a source gave them. */
export function storedBars(code: string, changes: StoredBarsChanges = {}): StoredSeries<BarHistory> {
  const { rows = 3, revision = 'r1', hours = 0 } = changes;
  const column = (first: number): Float64Array => Float64Array.from({ length: rows }, (_, row) => first + row / 7);
  const askedAt = ASKED_AT + hours * HOUR_MS;
  return {
    value: {
      code,
      columns: {
        day: Int32Array.from({ length: rows }, (_, row) => 16_436 + row),
        open: column(1),
        high: column(2),
        low: column(0.5),
        close: column(1.5),
        volume: column(1_000_000),
        amount: Float64Array.from({ length: rows }, () => Number.NaN),
      },
      events: [{ day: 16_437, kind: 'SPLIT', ratio: 2, cash: 0 }],
      areEventsKnown: true,
      renewal: 'SESSION',
      source: 'test',
      fetchedAt: askedAt + 1,
      revision,
    },
    askedAt,
  };
}

/** NAVs of a code, as a source gave them. */
export function storedNavs(code: string): StoredSeries<NavHistory> {
  const { value, askedAt } = storedBars(code);
  const { columns, events, renewal, source, fetchedAt, revision } = value;
  const { day, open: nav, close: accumulated } = columns;
  const head = { code, events, renewal, source, fetchedAt, revision };
  return { value: { ...head, day, nav, accumulated, navMarket: 'US' }, askedAt };
}
