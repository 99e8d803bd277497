import type { Day } from '../../domain/day.ts';
import type { CorporateEvent } from '../../domain/series.ts';

const DIVIDEND = /每\s*(\d*)\s*份(?:基金份额)?\s*(?:派发?|分配?)(?:现金|红利)*\s*(\d+(?:\.\d+)?)\s*元/;
const SPLIT = /每\s*(\d*)\s*份(?:基金份额)?\s*(?:折算|分拆|拆分|合并)(?:为|成)?\s*(\d+(?:\.\d+)?)\s*份/;

/** It takes a line; of longer texts the patterns would take their time. */
const LONGEST_TEXT = 200;

/**
 * What Eastmoney says beside a fund's NAV: `分红：每份派现金0.12元` (cash paid for each unit), `拆分：每份基金份额折算1.02份`
 * or `分拆5份` (new units for one old). Undefined for anything else; empty for an empty text.
 */
export function parseFundEvent(text: string, day: Day): readonly CorporateEvent[] | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  if (text.trim() === '') return [];
  const cash = perUnit(DIVIDEND.exec(text));
  if (cash !== undefined && cash > 0) return [{ day, kind: 'DIVIDEND', ratio: 1, cash }];
  const ratio = perUnit(SPLIT.exec(text));
  if (ratio === undefined || ratio <= 0) return undefined;
  return ratio === 1 ? [] : [{ day, kind: 'SPLIT', ratio, cash: 0 }];
}

function perUnit(match: RegExpExecArray | null): number | undefined {
  if (match === null) return undefined;
  const [, units, amount] = match;
  const figure = Number(amount) / (units === '' ? 1 : Number(units));
  return Number.isFinite(figure) ? figure : undefined;
}
