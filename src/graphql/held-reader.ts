import type { Reader } from '../bus/bus.ts';

/** Reads, and gives back what it was held by when the reading is over, however it ends: at least once. */
export function holdingUntilEnd<Value>(reader: Reader<Value>, release: () => void): Reader<Value> {
  const held: Reader<Value> = {
    next: async () => {
      try {
        const step = await reader.next();
        if (step.done === true) release();
        return step;
      } catch (error) {
        release();
        throw error;
      }
    },
    return: () => {
      release();
      return reader.return();
    },
    [Symbol.asyncIterator]: () => held,
  };
  return held;
}
