import { z } from 'zod';
import { type BarHistory, NAV_MARKETS, type NavHistory } from '../../domain/series.ts';
import { decodeFrame, encodeFrame, type FrameForm } from './column-frame.ts';
import type { StoredSeries } from './series-tier.ts';

const BARS: FrameForm = { kind: 1, figures: 6 };
const NAVS: FrameForm = { kind: 2, figures: 2 };

const SHARED_HEAD = {
  code: z.string(),
  source: z.string(),
  fetchedAt: z.number(),
  askedAt: z.number(),
  revision: z.string(),
  renewal: z.enum(['REVISION', 'SESSION']),
  events: z.array(
    z.strictObject({ day: z.int(), kind: z.enum(['SPLIT', 'DIVIDEND']), ratio: z.number(), cash: z.number() }),
  ),
};
const BARS_HEAD = z.strictObject({ ...SHARED_HEAD, areEventsKnown: z.boolean() });
const NAVS_HEAD = z.strictObject({ ...SHARED_HEAD, navMarket: z.enum(NAV_MARKETS).nullable() });

/** A bar history as one run of bytes, for other processes and for later: see encodeFrame. */
export function encodeBars({ value, askedAt }: StoredSeries<BarHistory>): Buffer {
  const { day, open, high, low, close, volume, amount } = value.columns;
  const head: z.infer<typeof BARS_HEAD> = { ...sharedHead(value, askedAt), areEventsKnown: value.areEventsKnown };
  return encodeFrame(BARS.kind, { head, days: day, figures: [open, high, low, close, volume, amount] });
}

/** What encodeBars was given, to the bit; undefined for bytes that are anything else. */
export function decodeBars(bytes: Buffer): StoredSeries<BarHistory> | undefined {
  const frame = decodeFrame(BARS, bytes);
  const { data: head } = BARS_HEAD.safeParse(frame?.head);
  if (frame === undefined || head === undefined) return undefined;
  const [open, high, low, close, volume, amount] = frame.figures;
  if (!open || !high || !low || !close || !volume || !amount) return undefined;
  const { askedAt, ...rest } = head;
  return { value: { ...rest, columns: { day: frame.days, open, high, low, close, volume, amount } }, askedAt };
}

/** As encodeBars, for NAVs. */
export function encodeNavs({ value, askedAt }: StoredSeries<NavHistory>): Buffer {
  const head: z.infer<typeof NAVS_HEAD> = { ...sharedHead(value, askedAt), navMarket: value.navMarket ?? null };
  return encodeFrame(NAVS.kind, { head, days: value.day, figures: [value.nav, value.accumulated] });
}

/** As decodeBars, for NAVs. */
export function decodeNavs(bytes: Buffer): StoredSeries<NavHistory> | undefined {
  const frame = decodeFrame(NAVS, bytes);
  const { data: head } = NAVS_HEAD.safeParse(frame?.head);
  if (frame === undefined || head === undefined) return undefined;
  const [nav, accumulated] = frame.figures;
  if (!nav || !accumulated) return undefined;
  const { askedAt, navMarket, ...rest } = head;
  return { value: { ...rest, navMarket: navMarket ?? undefined, day: frame.days, nav, accumulated }, askedAt };
}

function sharedHead({ code, source, fetchedAt, revision, renewal, events }: BarHistory | NavHistory, askedAt: number) {
  const plain = events.map(({ day, kind, ratio, cash }) => ({ day, kind, ratio, cash }));
  return { code, source, fetchedAt, askedAt, revision, renewal, events: plain };
}
