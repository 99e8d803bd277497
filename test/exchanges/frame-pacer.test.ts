import { describe, expect, it } from 'vitest';
import type { Rate } from '../../src/async/rate.ts';
import { FramePacer } from '../../src/exchanges/frame-pacer.ts';
import { ManualClock } from '../support/manual-clock.ts';

function paced(rate: Rate) {
  const clock = new ManualClock();
  const start = clock.now();
  const sent: [text: string, afterMs: number][] = [];
  const pacer = new FramePacer({ clock, rate, send: (text) => void sent.push([text, clock.now() - start]) });
  return { clock, pacer, sent };
}

describe('FramePacer', () => {
  it('keeps the order and the rate of 480 an hour, and says when the last frame leaves', () => {
    const { clock, pacer, sent } = paced({ most: 480, perMs: 3_600_000 });
    const texts = (from: number, count: number): string[] => Array.from({ length: count }, (_, at) => `${from + at}`);
    expect(pacer.send(texts(0, 480))).toBe(0);
    clock.advance(60_000);
    expect(pacer.send(texts(480, 480))).toBe(3_540_000);
    expect(pacer.send(texts(960, 1))).toBe(3_540_000 + 3_600_000);
    expect(pacer.send([])).toBe(0);
    clock.advance(3_539_999);
    expect(sent).toHaveLength(480);
    clock.advance(1);
    expect(sent).toHaveLength(960);
    clock.advance(3_600_000);
    expect(sent.map(([text]) => text)).toEqual(texts(0, 961));
    expect(clock.pending).toBe(0);
  });

  it('keeps nobody waiting for longer because the clock was set back', () => {
    const { clock, pacer, sent } = paced({ most: 2, perMs: 1_000 });
    pacer.send(['a', 'b', 'c']);
    clock.set(clock.now() - 3_600_000);
    expect(pacer.send(['d'])).toBeLessThanOrEqual(1_000);
    clock.advance(1_000);
    expect(sent.map(([text]) => text)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('begins anew with the next connection', () => {
    const { clock, pacer, sent } = paced({ most: 1, perMs: 1_000 });
    pacer.send(['a', 'b']);
    pacer.clear();
    expect(clock.pending).toBe(0);
    expect(pacer.send(['c'])).toBe(0);
    expect(sent.map(([text]) => text)).toEqual(['a', 'c']);
  });
});
