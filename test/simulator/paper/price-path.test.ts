import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BTC_USDT, DEMO_PRICE_SEED, PAPER_INSTRUMENTS } from '../../../src/simulator/paper/instruments.ts';
import { createPricePath } from '../../../src/simulator/paper/price-path.ts';

const FROM = Date.UTC(2015, 0, 1);
const instants = fc.integer({ min: FROM, max: Date.UTC(2040, 0, 1) });

describe('createPricePath', () => {
  it('has the same price at the same instant for the same seed, and another for another', () => {
    const [path, again, other] = [7, 7, 8].map((seed) => createPricePath(BTC_USDT, seed));
    const at = (minute: number) => FROM + minute * 60_000;
    const minutes = Array.from({ length: 100 }, (_, minute) => path?.ticksAt(at(minute)));
    expect(minutes.map((_, minute) => again?.ticksAt(at(minute)))).toEqual(minutes);
    expect(minutes.map((_, minute) => other?.ticksAt(at(minute)))).not.toEqual(minutes);
  });

  it.each(PAPER_INSTRUMENTS)('stays around the level of $instId and never jumps', (instrument) => {
    const path = createPricePath(instrument, DEMO_PRICE_SEED);
    const level = instrument.market.level / Number(instrument.tickSz);
    fc.assert(
      fc.property(instants, (instant) => {
        const ticks = path.ticksAt(instant);
        expect(ticks / level).toBeGreaterThan(0.2);
        expect(ticks / level).toBeLessThan(5);
        expect(Math.abs(path.ticksAt(instant + 250) / ticks - 1)).toBeLessThan(0.001);
      }),
    );
  });

  it('has volumes that add up and never fall', () => {
    const path = createPricePath(BTC_USDT, DEMO_PRICE_SEED);
    const length = fc.integer({ min: 1, max: 100_000_000 });
    fc.assert(
      fc.property(instants, length, length, (from, first, second) => {
        const [middle, end] = [from + first, from + first + second];
        const parts = [path.volumeBetween(from, middle), path.volumeBetween(middle, end)];
        for (const part of parts) expect(part).toBeGreaterThan(0);
        expect((parts[0] ?? 0) + (parts[1] ?? 0)).toBeCloseTo(path.volumeBetween(from, end), 3);
      }),
    );
  });
});
