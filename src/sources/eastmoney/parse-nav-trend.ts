import { type Day, dayOfInstant } from '../../domain/day.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import { toFigure } from '../figure.ts';
import { collectNavs, type NavRow, type ParsedNavs } from '../nav-rows.ts';
import { echoed, invalidReply, listOf, type Reply, recordOf, textOf } from '../reply.ts';
import { parseFundEvent } from './fund-events.ts';
import { navMarketOf } from './nav-market.ts';

const BEIJING_AHEAD_MS = 8 * 3_600_000;

export interface NavTrendWish {
  /** The six digits of the fund. */
  readonly digits: string;
  readonly lastPossibleDay: Day;
}

/**
 * The whole NAV series in Eastmoney's `pingzhongdata/CODE.js`: JavaScript of assignments, of which two are read.
 * `Data_netWorthTrend` has x, midnight of Beijing in milliseconds, y, the unit NAV, and unitMoney, a dividend or split
 * in words; `Data_ACWorthTrend` has pairs of x and the accumulated NAV. Fails with DATA_INVALID when the file is of
 * another fund.
 */
export function parseNavTrend(reply: Reply, { digits, lastPossibleDay }: NavTrendWish): ParsedNavs {
  const text = textOf(reply);
  if (text.trimStart().startsWith('<')) throw invalidReply('a page of HTML', 'a file of NAVs');
  const code = quotedText(text, 'fS_code');
  if (code !== digits)
    throw invalidReply(`NAVs of ${code === undefined ? 'no fund' : echoed(code)}`, `NAVs of ${digits}`);
  const accumulated = accumulatedByDay(assignedList(text, 'Data_ACWorthTrend') ?? []);
  const events: CorporateEvent[] = [];
  const rows: NavRow[] = [];
  for (const point of assignedList(text, 'Data_netWorthTrend') ?? noTrend(digits)) {
    const { x, y, unitMoney } = recordOf(point, 'points with x and y');
    const day = dayOfBeijing(x);
    rows.push({ day, nav: toFigure(y), accumulated: accumulated.get(day) ?? Number.NaN });
    if (typeof unitMoney === 'string') events.push(...(parseFundEvent(unitMoney, day) ?? []));
  }
  return collectNavs(rows, { lastPossibleDay, navMarket: navMarketOf(quotedText(text, 'fS_name') ?? ''), events });
}

function noTrend(digits: string): never {
  throw invalidReply('no Data_netWorthTrend', `the NAVs of ${digits}`);
}

function accumulatedByDay(pairs: readonly unknown[]): ReadonlyMap<Day, number> {
  return new Map(
    pairs.map((pair) => {
      const [x, y] = listOf(pair, 'pairs of time and accumulated NAV');
      return [dayOfBeijing(x), toFigure(y)] as const;
    }),
  );
}

function dayOfBeijing(x: unknown): Day {
  const ms = toFigure(x);
  if (!Number.isFinite(ms)) throw invalidReply('a time that is none', 'milliseconds', x);
  return dayOfInstant(ms + BEIJING_AHEAD_MS);
}

function quotedText(text: string, name: string): string | undefined {
  return new RegExp(`\\bvar\\s+${name}\\s*=\\s*"([^"\\\\]*)"`).exec(text)?.[1];
}

/** The list assigned to a variable. It ends at its own last bracket, wherever others stand in texts inside. */
function assignedList(text: string, name: string): readonly unknown[] | undefined {
  const assignment = new RegExp(`\\bvar\\s+${name}\\s*=\\s*(?=\\[)`).exec(text);
  if (assignment === null) return undefined;
  const start = assignment.index + assignment[0].length;
  try {
    return listOf(JSON.parse(text.slice(start, endOfList(text, start))), name);
  } catch {
    throw invalidReply(`a ${name} that is no list`, 'a list');
  }
}

function endOfList(text: string, start: number): number {
  let depth = 0;
  let isInText = false;
  const tokens = /\\[\s\S]|["[\]]/g;
  tokens.lastIndex = start;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === '"') isInText = !isInText;
    else if (!isInText && token[0] === '[') depth += 1;
    else if (!isInText && token[0] === ']') depth -= 1;
    if (depth === 0) return tokens.lastIndex;
  }
  return text.length;
}
