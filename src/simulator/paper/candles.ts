import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { PricePath } from './price-path.ts';

/** A bar of a price path: prices in ticks, the volume in units of size. */
export interface PathCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export const INTERVAL_MS: Readonly<Record<LiveBarInterval, number>> = {
  M1: 60_000,
  M3: 180_000,
  M5: 300_000,
  M15: 900_000,
  M30: 1_800_000,
  H1: 3_600_000,
  H4: 14_400_000,
  D1: 86_400_000,
};

/** How many parts a bar is cut into to find its extremes: more would cost without being seen. */
const SAMPLES: Readonly<Record<LiveBarInterval, number>> = {
  M1: 12,
  M3: 12,
  M5: 20,
  M15: 30,
  M30: 30,
  H1: 60,
  H4: 48,
  D1: 48,
};

export function openTimeOf(interval: LiveBarInterval, instant: number): number {
  return Math.floor(instant / INTERVAL_MS[interval]) * INTERVAL_MS[interval];
}

/** The bar that opens at an instant, as it stands at `until` or, before that, at its end. */
export function pathCandle(
  path: PricePath,
  interval: LiveBarInterval,
  { openTime, until = Number.POSITIVE_INFINITY }: { openTime: number; until?: number },
): PathCandle {
  const lengthMs = INTERVAL_MS[interval];
  const end = openTime + lengthMs - 1;
  const open = path.ticksAt(openTime);
  const close = path.ticksAt(Math.min(end, until));
  // Extremes of a bar that forms are those of its samples, so that they stay those of the bar when it is longer.
  let high = until < end ? open : Math.max(open, close);
  let low = until < end ? open : Math.min(open, close);
  const partMs = lengthMs / SAMPLES[interval];
  for (let at = openTime + partMs; at <= Math.min(end, until); at += partMs) {
    const ticks = path.ticksAt(at);
    if (ticks > high) high = ticks;
    if (ticks < low) low = ticks;
  }
  return { open, high, low, close, volume: path.volumeBetween(openTime, Math.min(openTime + lengthMs, until)) };
}
