import { createHash } from 'node:crypto';
import type { AssetType } from '../domain/asset-rules.ts';
import { type Day, dayInZone } from '../domain/day.ts';
import { CodedError, notFound, quoted } from '../domain/errors.ts';
import { describeInstrument, type InstrumentIdentity } from '../domain/instrument.ts';
import { BAR_FIGURES, type BarHistory, type CorporateEvent, type NavHistory } from '../domain/series.ts';
import type { BarRules, DroppedRows, ParsedBars } from './bar-rows.ts';
import type { ParsedNavs } from './nav-rows.ts';
import type { PriceSource } from './price-source.ts';

/** What a vendor is asked for. */
export interface VendorRequest {
  readonly identity: InstrumentIdentity;
  /** From which day on; undefined: all there is. */
  readonly from: Day | undefined;
  readonly signal: AbortSignal;
}

/** What a vendor is made of. Undefined for what it does not carry. */
export interface Vendor {
  readonly assetTypes: readonly AssetType[];
  bars(request: VendorRequest): Promise<ParsedBars> | undefined;
  navs?(request: VendorRequest): Promise<ParsedNavs> | undefined;
  /** All splits and dividends, ascending by day, in one request; NOT_FOUND where it does not know them. */
  events?(request: VendorRequest): Promise<readonly CorporateEvent[]> | undefined;
}

/** Bars of a vendor, with what it left out. */
export interface VendorBarHistory extends BarHistory {
  readonly dropped: DroppedRows;
}

/** NAVs of a vendor, with what it left out. */
export interface VendorNavHistory extends NavHistory {
  readonly dropped: number;
}

export interface VendorSource extends PriceSource {
  /** Kinds of instruments that it can have. */
  readonly assetTypes: readonly AssetType[];
  loadBars(code: string, signal: AbortSignal, from?: Day): Promise<VendorBarHistory>;
  loadNavs(code: string, signal: AbortSignal, from?: Day): Promise<VendorNavHistory>;
}

export interface VendorSourceOptions {
  /** As answers and errors name it. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const MOST_REMEMBERED = 100_000;

/**
 * A vendor as a price source. Only a load tells its revision, which is made of the content. A vendor that had a series
 * and says that it has none holds back more likely than not: that is an outage, and no NOT_FOUND that would drop what
 * is held.
 */
export function createVendorSourceOf(vendor: Vendor, { name, now }: VendorSourceOptions): VendorSource {
  const knownBars = new Set<string>();
  const knownNavs = new Set<string>();

  async function load<Parsed>(asked: Promise<Parsed> | undefined, { code, known }: Asked): Promise<Parsed> {
    if (asked === undefined) throw noHistory(code, name);
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (error.code !== 'NOT_FOUND') throw new CodedError(error.code, `${name}: ${error.message}`, { cause: error });
      throw known.has(code) ? vanished(code, name) : noHistory(code, name);
    }
  }

  async function loadEvents(code: string, signal: AbortSignal): Promise<readonly CorporateEvent[]> {
    signal.throwIfAborted();
    const asked = vendor.events?.({ identity: describeInstrument(code), from: undefined, signal });
    // Events that are gone are no sign of a vendor that holds back: bars do without them.
    return load(asked, { code, known: new Set() });
  }

  function remember(known: Set<string>, { code, count, from }: Found): void {
    if (count > 0 && known.size < MOST_REMEMBERED) known.add(code);
    if (count === 0 && from === undefined) throw known.has(code) ? vanished(code, name) : noHistory(code, name);
  }

  return {
    name,
    assetTypes: vendor.assetTypes,
    loadEvents: vendor.events === undefined ? undefined : loadEvents,
    async loadBars(code, signal, from) {
      signal.throwIfAborted();
      const identity = describeInstrument(code);
      const parsed = await load(vendor.bars({ identity, from, signal }), { code, known: knownBars });
      remember(knownBars, { code, count: parsed.columns.day.length, from });
      const figures = BAR_FIGURES.map((figure) => parsed.columns[figure]);
      const revision = revisionOf([parsed.columns.day, ...figures], parsed.events);
      return { code, ...parsed, renewal: 'SESSION', source: name, fetchedAt: now(), revision };
    },
    async loadNavs(code, signal, from) {
      signal.throwIfAborted();
      const identity = describeInstrument(code);
      const parsed = await load(vendor.navs?.({ identity, from, signal }), { code, known: knownNavs });
      remember(knownNavs, { code, count: parsed.day.length, from });
      const revision = revisionOf([parsed.day, parsed.nav, parsed.accumulated], [parsed.navMarket, parsed.events]);
      return { code, ...parsed, renewal: 'SESSION', source: name, fetchedAt: now(), revision };
    },
    barsRevision: async () => undefined,
    navsRevision: async () => undefined,
  };
}

interface Asked {
  readonly code: string;
  readonly known: ReadonlySet<string>;
}

interface Found {
  readonly code: string;
  readonly count: number;
  readonly from: Day | undefined;
}

function noHistory(code: string, name: string): CodedError {
  return notFound(`no history for ${quoted(code)} in ${name}`);
}

function vanished(code: string, name: string): CodedError {
  return new CodedError(
    'UPSTREAM_UNAVAILABLE',
    `${name}: has no more history for ${quoted(code)}, and had some before`,
  );
}

/** Two versions with the same content have one revision, whenever they were fetched. */
function revisionOf(columns: readonly (Int32Array | Float64Array)[], rest: unknown): string {
  const hash = createHash('sha256');
  for (const column of columns) hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash
    .update(JSON.stringify(rest) ?? '')
    .digest('base64url')
    .slice(0, 22);
}

/** The last day whose bar is final, if somebody knows; undefined where nobody does. */
export type LastFinalDay = (identity: InstrumentIdentity, now: number) => Day | undefined;

/** A night session on a Friday belongs to Monday. */
const FUTURES_AHEAD_DAYS = 4;
/** Bars of the day that has just ended are still being made. */
const SETTLING_MS = 120_000;

/**
 * What a series of an instrument can be like now. Where nobody knows when a session is final, it is once its day is
 * over in its market. Fails with RangeError for a time zone that the runtime does not know.
 */
export function barRulesOf(
  identity: InstrumentIdentity,
  { now, lastFinalDay }: { readonly now: number; readonly lastFinalDay?: LastFinalDay | undefined },
): BarRules {
  const { assetType, timezone } = identity;
  return {
    lastPossibleDay: dayInZone(now, timezone) + (assetType === 'FUTURES' ? FUTURES_AHEAD_DAYS : 0),
    lastFinalDay: lastFinalDay?.(identity, now) ?? dayInZone(now - SETTLING_MS, timezone) - 1,
    allowsCloseOnly: assetType.endsWith('_INDEX'),
  };
}
