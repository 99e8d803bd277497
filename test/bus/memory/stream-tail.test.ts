import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamTail } from '../../../src/bus/memory/stream-tail.ts';

interface Sized {
  readonly position: number;
  readonly sizeBytes: number;
}

const sizeOf = ({ sizeBytes }: Sized): number => sizeBytes;

describe('StreamTail', () => {
  it('covers nothing before it knows where it begins', () => {
    const tail = new StreamTail<Sized>({ maxEvents: 10 });
    expect(tail.covers(0)).toBe(false);
    tail.push({ position: 5, sizeBytes: 1 });
    expect([tail.covers(4), tail.covers(5), tail.covers(6)]).toEqual([false, true, false]);
  });

  it('covers from the end that somebody knew', () => {
    const tail = new StreamTail<Sized>({ maxEvents: 10 });
    tail.knowEnd(2);
    tail.knowEnd(1);
    tail.push({ position: 5, sizeBytes: 1 });
    expect(tail.covers(1)).toBe(false);
    expect(tail.covers(2)).toBe(true);
    expect(tail.next(2)?.position).toBe(5);
  });

  it('takes what another process tells, once, and forgets what it knows where something is missing', () => {
    const tail = new StreamTail<Sized & { readonly epoch: string }>({ maxEvents: 10 });
    const event = (position: number, epoch = 'one') => ({ position, epoch, sizeBytes: 1 });
    tail.knowEnd(2, 'one');
    expect([tail.feed(event(3), 2), tail.feed(event(3), 2), tail.feed(event(1), 0)]).toEqual([true, false, false]);
    expect([tail.covers(2, 'one'), tail.covers(2, 'two')]).toEqual([true, false]);
    const before = tail.changes;
    // 4 and 5 were missed.
    expect(tail.feed(event(6), 5)).toBe(true);
    expect([tail.covers(3, 'one'), tail.covers(6, 'one'), tail.changes > before]).toEqual([false, true, true]);
    expect(tail.feed(event(1, 'two'), 0)).toBe(true);
    expect([tail.covers(6, 'one'), tail.covers(1, 'two')]).toEqual([false, true]);
    tail.forget();
    expect([tail.covers(1), tail.lastPosition]).toEqual([false, undefined]);
  });

  it('holds at most so many bytes, and nothing of an event that is larger', () => {
    const tail = new StreamTail<Sized>({ maxEvents: 10, bytes: { max: 100, sizeOf } });
    tail.knowEnd(0);
    for (const [at, sizeBytes] of [60, 40, 1].entries()) tail.push({ position: at + 1, sizeBytes });
    expect([tail.covers(0), tail.covers(1)]).toEqual([false, true]);
    expect(tail.next(1)?.position).toBe(2);
    tail.push({ position: 9, sizeBytes: 101 });
    expect([tail.covers(8), tail.covers(9)]).toEqual([false, true]);
    expect(tail.next(9)).toBeUndefined();
  });

  it('knows every event behind each position that it covers, within its bounds', () => {
    const event = fc.record({ step: fc.integer({ min: 1, max: 4 }), sizeBytes: fc.nat(30) });
    const bounds = fc.record({ maxEvents: fc.nat(6), maxBytes: fc.nat(60) });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 30 }),
        bounds,
        fc.option(fc.nat(20)),
        (steps, { maxEvents, maxBytes }, end) => {
          const tail = new StreamTail<Sized>({ maxEvents, bytes: { max: maxBytes, sizeOf } });
          if (end !== null) tail.knowEnd(end);
          const pushed: Sized[] = [];
          for (const { step, sizeBytes } of steps) {
            pushed.push({ position: (pushed.at(-1)?.position ?? 0) + step, sizeBytes });
            tail.push(pushed.at(-1) ?? { position: 0, sizeBytes });
            const last = tail.lastPosition ?? 0;
            const covered = Array.from({ length: last + 1 }, (_, position) => position).filter((each) =>
              tail.covers(each),
            );
            for (const position of covered) {
              expect(tail.next(position)).toBe(pushed.find((each) => each.position > position));
            }
            if (last >= (end ?? 0)) expect(covered).toContain(last);
            const held = pushed.filter((each) => each.position > (covered[0] ?? last));
            expect(held.length).toBeLessThanOrEqual(maxEvents);
            expect(held.reduce((sum, each) => sum + each.sizeBytes, 0)).toBeLessThanOrEqual(maxBytes);
          }
        },
      ),
    );
  });
});
