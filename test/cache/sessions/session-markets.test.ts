import { describe, expect, it } from 'vitest';
import { SessionCalendars } from '../../../src/cache/sessions/session-calendars.ts';
import { SessionMarkets } from '../../../src/cache/sessions/session-markets.ts';
import { resolveInstrument } from '../../../src/domain/instrument.ts';
import { at, clockOf, day, dayText } from '../../support/session-instants.ts';

const markets = new SessionMarkets(new SessionCalendars());

describe('the clock of bars', () => {
  it.each([
    [
      'CN',
      [
        '000300.SH',
        '399006.SZ',
        '899050.BJ',
        'H30269.CSI',
        '801010.SI',
        '513100.SH',
        '161725.SZ',
        '600519.SH',
        '920002.BJ',
        '113050.SH',
      ],
    ],
    ['HK', ['HSI', 'HSTECH', '00700.HK', '80700.HK']],
    ['US', ['SPX', 'NDX', 'VIX', 'AAPL', 'BRK.B', 'BTC.US']],
    ['JP', ['N225', 'TOPX']],
    ['DE', ['GDAXI']],
    ['CME', ['CL.NYM', 'CLZ26.NYM', 'GC=F']],
    ['CRYPTO', ['BTC', 'ETH-USDC', 'BTC-USDT-SWAP']],
  ])('is %s for %j', (name, codes) => {
    expect(codes.map((code) => clockOf(code).name)).toEqual(codes.map(() => name));
  });

  it('is one for all contracts of the same hours', () => {
    expect(clockOf('AU2512.SHF')).toBe(clockOf('AGL8.SHF'));
    expect(clockOf('M.DCE')).toBe(clockOf('TA601.ZCE'));
    expect(clockOf('M.DCE')).not.toBe(clockOf('JD.DCE'));
  });

  it('says which version of the calendar it goes by', () => {
    expect(clockOf('AAPL').version).toMatch(/^\d+\.\d+/);
    expect(clockOf('AU.SHF').version).toMatch(/hours of 20\d\d/);
  });

  it.each(['FTSE', 'SX5E', 'EUR-USD', 'CA.LME', '000001', 'XX=F'])(
    'is none for %s, whose days are not known here',
    (code) => {
      expect(markets.bars(resolveInstrument(code))).toBeUndefined();
    },
  );
});

describe('the clock of NAVs', () => {
  it('expects the NAV of a fund on Chinese assets from the evening on, and nothing more after midnight', () => {
    const clock = markets.navs(resolveInstrument('510300.SH'), 'CN');
    const friday = day('2026-11-20');
    expect(clock?.possible.nextFinalAt(at('2026-11-20 12:00 +08:00'))).toBe(at('2026-11-20 19:00 +08:00'));
    expect(clock?.final.lastFinalSession(at('2026-11-21 00:29 +08:00'))).toBe(friday - 1);
    expect(clock?.final.lastFinalSession(at('2026-11-21 00:30 +08:00'))).toBe(friday);
    expect(clock?.lookEveryMs).toBe(30 * 60_000);
  });

  it.each(['HK', 'US', 'JP', 'EU', 'MIXED'] as const)(
    'expects the NAV of a fund on %s assets within two sessions',
    (navMarket) => {
      const clock = markets.navs(resolveInstrument('513100.SH'), navMarket);
      expect(clock?.possible.nextFinalAt(at('2026-11-20 12:00 +08:00'))).toBe(at('2026-11-23 09:00 +08:00'));
      expect(dayText(clock?.final.lastFinalSession(at('2026-11-25 00:29 +08:00')))).toBe('2026-11-19');
      expect(dayText(clock?.final.lastFinalSession(at('2026-11-25 00:30 +08:00')))).toBe('2026-11-20');
    },
  );

  it('does not know when the NAVs of the last sessions of a calendar are final', () => {
    const clock = markets.navs(resolveInstrument('513100.SH'), 'US');
    expect(dayText(clock?.final.lastFinalSession(at('2027-01-02 00:00 +08:00')))).toBe('2026-12-29');
    expect(clock?.final.nextFinalAt(at('2027-01-02 00:00 +08:00'))).toBeUndefined();
    expect(clock?.final.lastFinalSession(at('2027-01-02 00:30 +08:00'))).toBeUndefined();
  });

  it('takes a fund of an unknown market for a Chinese one', () => {
    const instrument = resolveInstrument('159915.SZ');
    expect(markets.navs(instrument, undefined)?.final).toBe(markets.navs(instrument, 'CN')?.final);
  });

  it.each(['600519.SH', '519001.SH', 'AAPL', '02800.HK'])('is none for %s, which has no NAV', (code) => {
    expect(markets.navs(resolveInstrument(code), undefined)).toBeUndefined();
  });
});
