import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruRoom, type Resident } from '../../src/cache/lru.ts';

interface Model {
  /** Keys in order of use. */
  present: { key: number; sizeBytes: number }[];
}

describe('LruRoom', () => {
  it('lets the one go that was used longest ago', () => {
    const evicted: string[] = [];
    const room = new LruRoom({ maxBytes: 100, maxEntries: undefined });
    const [a, b] = ['a', 'b'].map((name) => ({ sizeBytes: 40, evict: () => evicted.push(name) }));
    if (a === undefined || b === undefined) throw new Error('two were made');
    room.admit(a);
    room.admit(b);
    room.touch(a);
    room.admit({ sizeBytes: 50, evict: () => evicted.push('c') });
    expect({ evicted, bytes: room.bytes, entries: room.entries }).toEqual({ evicted: ['b'], bytes: 90, entries: 2 });
  });

  it('does not let in what is larger than the room, and nobody goes for it', () => {
    const room = new LruRoom({ maxBytes: 100, maxEntries: undefined });
    room.admit({ sizeBytes: 100, evict: () => expect.unreachable() });
    expect(room.admit({ sizeBytes: 101, evict: () => undefined })).toBe(false);
    expect(room.bytes).toBe(100);
  });

  it('keeps its bounds and its order, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('admit' as const), key: fc.nat(12), sizeBytes: fc.nat(40) }),
      fc.record({
        what: fc.constantFrom('touch' as const, 'release' as const),
        key: fc.nat(12),
        sizeBytes: fc.constant(0),
      }),
    );
    const bounds = fc.record({
      maxBytes: fc.nat(100),
      maxEntries: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 80 }), ({ maxBytes, maxEntries }, steps) => {
        const room = new LruRoom({ maxBytes, maxEntries });
        const residents = new Map<number, Resident>();
        const model: Model = { present: [] };
        const without = (key: number) => model.present.filter((entry) => entry.key !== key);
        for (const { what, key, sizeBytes } of steps) {
          const resident = residents.get(key);
          if (what === 'touch' && resident !== undefined) {
            room.touch(resident);
            model.present = [...without(key), { key, sizeBytes: resident.sizeBytes }];
          } else if (what === 'release' && resident !== undefined) {
            room.release(resident);
            residents.delete(key);
            model.present = without(key);
          } else if (what === 'admit' && resident === undefined) {
            const admitted = { sizeBytes, evict: () => residents.delete(key) };
            if (room.admit(admitted)) {
              residents.set(key, admitted);
              model.present.push({ key, sizeBytes });
              while (total(model) > maxBytes || model.present.length > (maxEntries ?? Infinity)) model.present.shift();
            } else {
              expect(sizeBytes).toBeGreaterThan(maxBytes);
            }
          }
          expect([...residents.keys()].sort()).toEqual(model.present.map((entry) => entry.key).sort());
          expect({ bytes: room.bytes, entries: room.entries }).toEqual({
            bytes: total(model),
            entries: model.present.length,
          });
          expect(room.bytes).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });
});

function total({ present }: Model): number {
  return present.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
