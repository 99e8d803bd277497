import type { AssetType } from '../../domain/asset-rules.ts';
import type { Day } from '../../domain/day.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';
import type { NavMarket } from '../../domain/series.ts';
import type { Period } from '../../domain/session-hours.ts';
import type { NightRule } from '../../domain/session-hours-table.ts';
import type { CalendarMarket, SessionCalendars } from './session-calendars.ts';
import { CalendarClock, type FinalRule, type SessionClock } from './session-clock.ts';
import { CRYPTO_CLOCK } from './session-crypto.ts';

/**
 * When the bar of a session is final, on the wall clock of the market. In China vendors stamp their last change between
 * 15:34 and 16:14; Yahoo revises American bars for two hours; futures settle after the close, and American ones trade
 * until 16:00 in Chicago.
 */
const FINAL_BARS: Readonly<Record<CalendarMarket, FinalRule>> = {
  CN: at(16, 30),
  HK: at(17),
  US: at(18),
  JP: at(16, 30),
  DE: at(18, 30),
  CME: at(18),
};

/** The NAV of a Chinese fund is published on the evening of its day. */
const FINAL_NAVS: FinalRule = { daysLater: 1, minute: 30 };
const FIRST_NAVS: FinalRule = at(19);
/** The NAV of a fund on foreign assets (QDII) is published on one of the next two sessions. */
const FINAL_FOREIGN_NAVS: FinalRule = { sessionsLater: 2, daysLater: 1, minute: 30 };
const FIRST_FOREIGN_NAVS: FinalRule = { sessionsLater: 1, minute: 9 * 60 };

const MINUTE_MS = 60_000;
const NAV_LOOK_MS = 30 * MINUTE_MS;
const FOREIGN_NAV_LOOK_MS = 6 * 60 * MINUTE_MS;

/** NAVs appear at no fixed time: they are looked for between two instants. */
export interface NavClock {
  readonly final: SessionClock;
  /** Says of which session the NAV may be published already. */
  readonly possible: SessionClock;
  /** How often to look for a NAV that may be published and was not seen, in milliseconds. */
  readonly lookEveryMs: number;
}

const MARKETS: Readonly<Partial<Record<AssetType, CalendarMarket>>> = {
  CHINA_INDEX: 'CN',
  CHINA_ETF: 'CN',
  CHINA_FUND: 'CN',
  CHINA_STOCK: 'CN',
  CHINA_BOND: 'CN',
  HK_INDEX: 'HK',
  HK_STOCK: 'HK',
  US_INDEX: 'US',
  US_STOCK: 'US',
};

/** Indexes of the world whose days are those of one exchange. Euro Stoxx 50 has bars on days on which Xetra is closed. */
const MARKET_OF_INDEX: ReadonlyMap<string, CalendarMarket> = new Map([
  ['N225', 'JP'],
  ['TOPX', 'JP'],
  ['GDAXI', 'DE'],
]);

const CHINESE_FUTURES = /^([A-Z]{1,3}?)(?:L\d|\d{3,4})?\.(SHF|INE|DCE|ZCE|GFE|CFX)$/;
const AMERICAN_FUTURES = /\.(NYM|CMX|CBT|CME)$/;
/** The rest of Chicago's products keep hours of their own. */
const AMERICAN_FUTURES_ROUND_THE_CLOCK = /\.(NYM|CMX)$/;

/** The clocks of all markets, each made when it is first asked for. */
export class SessionMarkets {
  readonly #calendars: SessionCalendars;
  readonly #clocks = new Map<string, SessionClock>();

  constructor(calendars: SessionCalendars) {
    this.#calendars = calendars;
  }

  /** The clock of an instrument's bars; undefined where no calendar is known, as for currencies and London. */
  bars({ code, assetType }: InstrumentIdentity): SessionClock | undefined {
    if (assetType === 'CRYPTO') return CRYPTO_CLOCK;
    if (assetType === 'FUTURES') return this.#futures(code);
    const market = MARKETS[assetType] ?? MARKET_OF_INDEX.get(code);
    return market === undefined ? undefined : this.#clock(market, { market, final: FINAL_BARS[market] });
  }

  /** The clock of a Chinese fund's NAVs. Undefined for other codes, and a market that nobody told is China's. */
  navs({ assetType, isFund }: InstrumentIdentity, navMarket: NavMarket | undefined): NavClock | undefined {
    if (!isFund || MARKETS[assetType] !== 'CN') return undefined;
    const market = 'CN';
    if (navMarket === undefined || navMarket === 'CN') {
      return {
        final: this.#clock('CN NAV', { market, final: FINAL_NAVS }),
        possible: this.#clock('CN NAV published', { market, final: FIRST_NAVS }),
        lookEveryMs: NAV_LOOK_MS,
      };
    }
    return {
      final: this.#clock('CN foreign NAV', { market, final: FINAL_FOREIGN_NAVS }),
      possible: this.#clock('CN foreign NAV published', { market, final: FIRST_FOREIGN_NAVS }),
      lookEveryMs: FOREIGN_NAV_LOOK_MS,
    };
  }

  #futures(code: string): SessionClock | undefined {
    const [, product, exchange] = CHINESE_FUTURES.exec(code) ?? [];
    if (product !== undefined && exchange !== undefined) return this.#chineseFutures(product, exchange);
    if (!AMERICAN_FUTURES.test(code)) return undefined;
    const rules: ClockRules = { market: 'CME', final: FINAL_BARS.CME };
    if (AMERICAN_FUTURES_ROUND_THE_CLOCK.test(code)) return this.#clock('CME', rules);
    return this.#clock('CME, hours unknown', { ...rules, hoursOf: () => undefined });
  }

  #chineseFutures(product: string, exchange: string): SessionClock {
    const { tables, hoursFrom, cancelledNights, version } = this.#calendars.futuresHours();
    const index = tables.findIndex(({ products }) => products[exchange]?.includes(product));
    const table = tables[index];
    const night = table?.night?.[0];
    return this.#clock(`CN futures ${table === undefined ? 'hours unknown' : index}`, {
      market: 'CN',
      final: FINAL_BARS.CN,
      version,
      hoursOf: (day) => (day < hoursFrom ? undefined : table?.hours),
      night: night === undefined ? undefined : { period: night, cancelled: cancelledNights },
    });
  }

  #clock(name: string, { market, final, version, hoursOf, night }: ClockRules): SessionClock {
    const present = this.#clocks.get(name);
    if (present !== undefined) return present;
    const calendar = this.#calendars.market(market);
    const clock = new CalendarClock({
      name,
      version: version === undefined ? calendar.version : `${calendar.version}, hours of ${version}`,
      coveredFrom: calendar.coveredFrom,
      coveredThrough: calendar.coveredThrough,
      zone: calendar.zone,
      days: calendar.days,
      hoursOf: hoursOf ?? calendar.hoursOf,
      night,
      final,
    });
    this.#clocks.set(name, clock);
    return clock;
  }
}

interface ClockRules {
  readonly market: CalendarMarket;
  readonly final: FinalRule;
  readonly version?: string;
  readonly hoursOf?: (day: Day) => readonly Period[] | undefined;
  readonly night?: NightRule | undefined;
}

function at(hours: number, minutes = 0): FinalRule {
  return { minute: hours * 60 + minutes };
}
