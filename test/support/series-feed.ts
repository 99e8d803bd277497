import type { SeriesFeed } from '../../src/cache/series-loader.ts';
import { CodedError, notFound } from '../../src/domain/errors.ts';
import type { BarHistory, NavHistory } from '../../src/domain/series.ts';
import { closesOf } from './bars.ts';

/** A feed that a test holds the strings of. */
export interface ScriptedFeed<T> extends SeriesFeed<T> {
  /** What every code has now; a new one is a change at the source. */
  present: string | undefined;
  /** What a load does: answers, or fails like this. */
  failure: Error | undefined;
  /** While set, loads wait for it. */
  gate: Promise<unknown> | undefined;
  loads: number;
  looks: number;
}

export function barsHistory(code: string, revision: string): BarHistory {
  const columns = closesOf([
    ['2024-03-01', 1],
    ['2024-03-04', 2],
  ]);
  return {
    ...{ code, columns, events: [], areEventsKnown: true },
    ...{ renewal: 'REVISION', source: 'scripted', fetchedAt: 0, revision },
  };
}

export function navHistory(code: string, revision: string): NavHistory {
  const {
    day,
    close: nav,
    open: accumulated,
  } = closesOf([
    ['2024-03-01', 1],
    ['2024-03-04', 2],
  ]);
  return {
    ...{ code, day, nav, accumulated, navMarket: undefined, events: [] },
    ...{ renewal: 'REVISION', source: 'scripted', fetchedAt: 0, revision },
  };
}

export const outage = (): CodedError => new CodedError('UPSTREAM_UNAVAILABLE', 'the source is down');
export const vanished = (): CodedError => notFound('no such series');

export const scriptedBars = (): ScriptedFeed<BarHistory> => scripted(barsHistory);
export const scriptedNavs = (): ScriptedFeed<NavHistory> => scripted(navHistory);

function scripted<T>(make: (code: string, revision: string) => T): ScriptedFeed<T> {
  const feed: ScriptedFeed<T> = {
    present: 'r1',
    failure: undefined,
    gate: undefined,
    loads: 0,
    looks: 0,
    async load(code) {
      feed.loads += 1;
      const revision = feed.present ?? 'untold';
      await feed.gate;
      if (feed.failure !== undefined) throw feed.failure;
      return make(code, revision);
    },
    async revision() {
      feed.looks += 1;
      return feed.present;
    },
  };
  return feed;
}
