import type { PaperInstrument } from './instruments.ts';

/** An invented price that was and will be there at every instant, whoever asks. Instants are milliseconds since the epoch. */
export interface PricePath {
  /** The price as a number of ticks. */
  ticksAt(instant: number): number;
  /** What is traded in between. The volumes of parts add up to that of the whole. */
  volumeBetween(from: number, to: number): number;
}

/** A curve between -1 and 1 through random values at every multiple of its period. */
interface Octave {
  readonly seed: number;
  readonly periodMs: number;
  /** What its height counts. */
  readonly weight: number;
}

const SHORTEST_MS = 2000;
/** The longest takes about a year: 2 s times 4^12. */
const PRICE_OCTAVES = 13;
/** A walk's steps grow with the square root of time; this one makes about 2.5 % of a day. */
const WEIGHT_OF_SHORTEST = 1.35e-4;
const MS_PER_DAY = 86_400_000;
/** Weights below a third in all, since a curve is never steeper than three heights in its period: volume never falls. */
const VOLUME_OCTAVES = [
  { periodMs: 3000, weight: 0.2 },
  { periodMs: 1_800_000, weight: 0.06 },
  { periodMs: 3 * MS_PER_DAY, weight: 0.06 },
] as const;

/** level * exp(a sum of octaves of value noise), rounded to the tick: a pure function of seed and instant. */
export function createPricePath({ market, tickSz, instType }: PaperInstrument, seed: number): PricePath {
  const { walk, level, dailyVolume } = market;
  const priceOctaves = Array.from({ length: PRICE_OCTAVES }, (_, index): Octave => {
    return {
      seed: mix(mix(seed, walk), index),
      periodMs: SHORTEST_MS * 4 ** index,
      weight: WEIGHT_OF_SHORTEST * 2 ** index,
    };
  });
  const volumeOctaves = VOLUME_OCTAVES.map((octave, index): Octave => {
    return { ...octave, seed: mix(mix(seed, walk), instType === 'SPOT' ? 100 + index : 200 + index) };
  });
  const ticks = level / Number(tickSz);
  const activeMsUntil = (instant: number): number => {
    return volumeOctaves.reduce((sum, octave) => sum + octave.periodMs * heightAt(octave, instant), instant);
  };
  return {
    ticksAt: (instant) => {
      let sum = 0;
      for (const octave of priceOctaves) sum += heightAt(octave, instant);
      return Math.round(ticks * exponential(sum));
    },
    volumeBetween: (from, to) => ((activeMsUntil(to) - activeMsUntil(from)) * dailyVolume) / MS_PER_DAY,
  };
}

function heightAt({ seed, periodMs, weight }: Octave, instant: number): number {
  const position = instant / periodMs;
  const index = Math.floor(position);
  const fraction = position - index;
  const before = latticeValue(seed, index);
  const after = latticeValue(seed, index + 1);
  return weight * (before + (after - before) * fraction * fraction * (3 - 2 * fraction));
}

/** From -1 up to 1. */
function latticeValue(seed: number, index: number): number {
  return mix(seed, index) / 2 ** 31 - 1;
}

/** A number of 32 bits that looks like chance: the finalizer of MurmurHash3 over both. */
export function mix(seed: number, value: number): number {
  let mixed = (Math.imul(value | 0, 0x9e3779b1) + seed) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** About Math.exp, which platforms may round differently: (1 + x/4096)^4096. */
function exponential(x: number): number {
  let power = 1 + x / 4096;
  for (let squaring = 0; squaring < 12; squaring++) power *= power;
  return power;
}
