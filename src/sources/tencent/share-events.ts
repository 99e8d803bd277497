import { parseDay } from '../../domain/day.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import { isRecord, wordOf } from '../reply.ts';

const SHARES = /(?:送|转增?)\s*(\d+(?:\.\d+)?)/g;
const LONGEST_TEXT = 200;
const CASH = /派\s*(\d+(?:\.\d+)?)/;

/**
 * What Tencent says beside the bar of an ex-day: `cqr` the day, `FHcontent` in words what ten old shares get, like
 * `10送3股转2股派1.5元`: 送 and 转 are new shares, 派 is cash. Empty for what cannot be told so, rights issues (配) among it.
 */
export function parseShareEvents(note: unknown): readonly CorporateEvent[] {
  if (!isRecord(note) || typeof note.FHcontent !== 'string' || note.FHcontent.length > LONGEST_TEXT) return [];
  const day = parseDay(wordOf(note.cqr));
  const [, old] = /^\s*(\d+)/.exec(note.FHcontent) ?? [];
  const perShare = 1 / Number(old);
  if (day === undefined || !(perShare > 0 && perShare <= 1) || note.FHcontent.includes('配')) return [];
  const shares = [...note.FHcontent.matchAll(SHARES)].reduce((sum, [, count]) => sum + Number(count), 0);
  const cash = Number(CASH.exec(note.FHcontent)?.[1] ?? 0);
  return [
    ...(cash > 0 ? [{ day, kind: 'DIVIDEND', ratio: 1, cash: cash * perShare } as const] : []),
    ...(shares > 0 ? [{ day, kind: 'SPLIT', ratio: 1 + shares * perShare, cash: 0 } as const] : []),
  ];
}
