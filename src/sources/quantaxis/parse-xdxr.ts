import { parseDay } from '../../domain/day.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import { toFigure } from '../figure.ts';
import { wordOf } from '../reply.ts';
import type { MarketDocument } from './parse-bars.ts';

const PER = 10;
const EX_RIGHTS = 1;
const CHANGED_UNITS = 11;

/**
 * Splits and dividends of QUANTAXIS' stock_xdxr. Category 1, for ten old shares: fenhong cash, songzhuangu new shares,
 * peigu shares that may be bought at peigujia; QUANTAXIS' reference price is (10 close - fenhong + peigu peigujia) /
 * (10 + peigu + songzhuangu). A rights issue is therefore a SPLIT whose cash is negative: paid in, per old share.
 * Category 11: suogu new units for an old one. Documents that tell neither are passed over. Ascending by day.
 */
export function parseXdxr(documents: readonly MarketDocument[]): readonly CorporateEvent[] {
  return documents.flatMap(parseDocument).sort((left, right) => left.day - right.day);
}

function parseDocument(document: MarketDocument): readonly CorporateEvent[] {
  const day = parseDay(wordOf(document.date).slice(0, 10));
  if (day === undefined) return [];
  const category = toFigure(document.category);
  if (category === CHANGED_UNITS) {
    const ratio = toFigure(document.suogu);
    return ratio > 0 && ratio < Number.POSITIVE_INFINITY && ratio !== 1 ? [{ day, kind: 'SPLIT', ratio, cash: 0 }] : [];
  }
  if (category !== EX_RIGHTS) return [];
  const [dividend, bonus, rights, price] = ['fenhong', 'songzhuangu', 'peigu', 'peigujia'].map((name) => {
    const figure = toFigure(document[name]);
    return figure > 0 && figure < Number.POSITIVE_INFINITY ? figure : 0;
  }) as [number, number, number, number]; // as many as names
  const ratio = 1 + (bonus + rights) / PER;
  if (rights > 0) return [{ day, kind: 'SPLIT', ratio, cash: (dividend - rights * price) / PER }];
  return [
    ...(dividend > 0 ? [{ day, kind: 'DIVIDEND', ratio: 1, cash: dividend / PER } as const] : []),
    ...(bonus > 0 ? [{ day, kind: 'SPLIT', ratio, cash: 0 } as const] : []),
  ];
}
