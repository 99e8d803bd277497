import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay } from '../../../src/domain/day.ts';
import { BAR_FIGURES } from '../../../src/domain/series.ts';
import { parseBars } from '../../../src/sources/folder/parse-bars.ts';
import { parseEvents } from '../../../src/sources/folder/parse-events.ts';
import { parseFunds } from '../../../src/sources/folder/parse-funds.ts';
import { parseNavs } from '../../../src/sources/folder/parse-navs.ts';
import { anyBars, day } from '../../support/bars.ts';

const HEADER = 'date,open,high,low,close,volume,amount';
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringMatching(message) });

describe('parseBars', () => {
  it('reads columns by the names in the header, in any order and case, others left aside', () => {
    const { close, open, volume, amount } = parseBars('Close,note,DATE,open\n11,x,2024-03-01,10\n', 'X.csv');
    expect([close[0], open[0], volume[0], amount[0]]).toEqual([11, 10, Number.NaN, Number.NaN]);
  });

  it('accepts a byte order mark, CRLF, blank lines, blanks and quotes around cells, and no last line end', () => {
    const text = `\uFEFF${HEADER}\r\n\r\n"2024-03-01", 10 ,"12",9,11,"1000",11000\r\n2024-03-04,11,12,9,"10",,`;
    const bars = parseBars(text, 'X.csv');
    expect(Array.from(bars.day, formatDay)).toEqual(['2024-03-01', '2024-03-04']);
    expect([...bars.close]).toEqual([11, 10]);
    expect([...bars.volume]).toEqual([1000, Number.NaN]);
  });

  it('takes empty cells, NaN and null as missing', () => {
    expect([...parseBars('date,close\n2024-03-01,\n2024-03-04,NaN\n2024-03-05,null', 'X.csv').close]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
  });

  it('sorts by date', () => {
    expect([...parseBars('date,close\n2024-03-05,2\n2024-03-01,1', 'X.csv').close]).toEqual([1, 2]);
  });

  it('accepts numbers in every decimal form', () => {
    expect([...parseBars('date,close\n2024-03-01,1.\n2024-03-02,.5\n2024-03-03,+1.5e+2', 'X.csv').close]).toEqual([
      1, 0.5, 150,
    ]);
  });

  it('lets a high lie below its low by a rounding', () => {
    expect(parseBars('date,high,low,close\n2024-03-01,10000,10000.5,10000', 'X.csv').day).toHaveLength(1);
  });

  it.each([
    ['2024-02-30,1,1,1,1,1,1', /^X\.csv line 2: received the date "2024-02-30", wanted a day as YYYY-MM-DD$/],
    ['2024-3-1,1,1,1,1,1,1', /the date "2024-3-1"/],
    ['2024-03-01,1,1,1,abc,1,1', /line 2: received the close "abc", wanted a number/],
    ['2024-03-01,1,1,1,0x10,1,1', /the close "0x10"/],
    ['2024-03-01,1,1,1,1e999,1,1', /the close "1e999"/],
    ['2024-03-01,1,1,1,Infinity,1,1', /the close "Infinity"/],
    ['2024-03-01,1,1,1,0,1,1', /the close 0, wanted a price above zero/],
    ['2024-03-01,1,1,1,-37.63,1,1', /the close -37\.63/],
    ['2024-03-01,1,1,1,1,-1,1', /the volume -1, wanted zero or more/],
    ['2024-03-01,9,8,10,9,1,1', /the high 8 below the low 10/],
    ['2024-03-01,1,1,1', /received 4 cells, wanted 7 as in the header/],
    ['2024-03-01,1,1,1,1,1,1\n2024-03-01,1,1,1,1,1,1', /line 3: received 2024-03-01 again, wanted each date once/],
    ['"2024-03-01,1,1,1,1,1,1', /quotes that open and close/],
    ['2024-03-01,1,1,1,"1"2,1,1', /quotes that open and close/],
  ])('refuses the rows %j', (rows, message) => {
    expect(() => parseBars(`${HEADER}\n${rows}`, 'X.csv')).toThrow(invalid(message));
  });

  it.each(['', '\n\n', 'open,close\n1,2', 'date,close,CLOSE\n2024-03-01,1,2'])(
    'refuses a text without a usable header: %j',
    (text) => {
      expect(() => parseBars(text, 'X.csv')).toThrow(invalid(/^X\.csv.*wanted /));
    },
  );

  it('keeps its message short whatever the cell holds', () => {
    expect(() => parseBars(`date,close\n2024-03-01,${'9x'.repeat(100_000)}`, 'X.csv')).toThrow(/^.{1,200}$/);
  });

  it('reads back what was written, to the last digit', () => {
    fc.assert(
      fc.property(anyBars, (bars) => {
        const cell = (figure: number | undefined): string => (Number.isNaN(figure) ? '' : String(figure));
        const rows = Array.from(bars.day, (at, index) =>
          [formatDay(at), ...BAR_FIGURES.map((name) => cell(bars[name][index]))].join(),
        );
        expect(parseBars([HEADER, ...rows.toReversed()].join('\n'), 'X.csv')).toEqual(bars);
      }),
    );
  });

  it('answers columns or DATA_INVALID for any text', () => {
    const cells = fc.constantFrom(
      'date',
      'close',
      '2024-03-01',
      '1',
      '"',
      ',',
      '\n',
      '\r',
      '-',
      'NaN',
      ' ',
      '\uFEFF',
      'x',
    );
    fc.assert(
      fc.property(fc.array(cells, { maxLength: 40 }), (parts) => {
        try {
          expect(parseBars(`date,close\n${parts.join('')}`, 'X.csv').day).toBeInstanceOf(Int32Array);
        } catch (error) {
          expect(error).toEqual(invalid(/X\.csv/));
        }
      }),
    );
  });
});

describe('parseNavs', () => {
  it('reads unit and accumulated NAVs, and leaves rows without a NAV out', () => {
    const {
      day: days,
      nav,
      accumulated,
    } = parseNavs('date,nav,accumulatedNav\n2024-03-04,1.2,2.2\n2024-03-05,,\n2024-03-01,1.1,', 'X.nav.csv');
    expect(Array.from(days, formatDay)).toEqual(['2024-03-01', '2024-03-04']);
    expect([...nav]).toEqual([1.1, 1.2]);
    expect([...accumulated]).toEqual([Number.NaN, 2.2]);
  });

  it.each([
    ['date,nav\n2024-03-01,0', /line 2: received the nav 0, wanted a NAV above zero/],
    ['date,nav\n2024-03-01,1\n2024-03-01,1', /line 3: received 2024-03-01 again/],
    [
      'date,close\n2024-03-01,1',
      /line 1: received a header without nav, wanted distinct columns, among them date, nav/,
    ],
    ['date,nav,NAV\n2024-03-01,1,1', /line 1: received a header with a column twice, wanted distinct columns/],
  ])('refuses %j', (text, message) => {
    expect(() => parseNavs(text, 'X.nav.csv')).toThrow(invalid(message));
  });
});

describe('parseEvents', () => {
  it('reads splits and dividends in the order of their days', () => {
    expect(parseEvents('date,kind,ratio,cash\n2024-06-01,dividend,,0.5\n2022-01-13,SPLIT,5,', 'X.events.csv')).toEqual([
      { day: day('2022-01-13'), kind: 'SPLIT', ratio: 5, cash: 0 },
      { day: day('2024-06-01'), kind: 'DIVIDEND', ratio: 1, cash: 0.5 },
    ]);
  });

  it('takes a split and a dividend of one day', () => {
    expect(
      parseEvents('date,kind,ratio,cash\n2024-06-01,SPLIT,2,\n2024-06-01,DIVIDEND,,1', 'X.events.csv'),
    ).toHaveLength(2);
  });

  it.each([
    ['2024-06-01,MERGER,1,0', /the kind MERGER, wanted SPLIT or DIVIDEND/],
    ['2024-06-01,SPLIT,0,0', /the ratio 0/],
    ['2024-06-01,SPLIT,,', /a SPLIT without a ratio/],
    ['2024-06-01,DIVIDEND,1,-1', /the cash -1/],
    ['2024-06-01,DIVIDEND,1,0', /a DIVIDEND without cash/],
    ['2024-06-01,SPLIT,2,\n2024-06-01,SPLIT,2,', /a second SPLIT of 2024-06-01/],
  ])('refuses %j', (rows, message) => {
    expect(() => parseEvents(`date,kind,ratio,cash\n${rows}`, 'X.events.csv')).toThrow(invalid(message));
  });
});

describe('parseFunds', () => {
  it('knows a fund by its canonical code, whatever the spelling', () => {
    expect([...parseFunds('code,navMarket\n513100.SS,us\nsh510300,CN', 'funds.csv')]).toEqual([
      ['513100.SH', 'US'],
      ['510300.SH', 'CN'],
    ]);
  });

  it.each([
    ['513100.SH,MARS', /line 2: received the navMarket MARS, wanted CN, HK, JP, US, EU, MIXED/],
    [',US', /a code of 0 characters/],
    [`${'9'.repeat(33)},US`, /a code of 33 characters/],
  ])('refuses %j', (rows, message) => {
    expect(() => parseFunds(`code,navMarket\n${rows}`, 'funds.csv')).toThrow(invalid(message));
  });
});
