import type { OrderChange } from './live-order.ts';

/** The steps of all orders by their times, those of one order in their order. */
export function inOrderOfTime(steps: readonly (readonly OrderChange[])[]): OrderChange[] {
  const timed = steps.flatMap((changes) => {
    let at = 0;
    return changes.map((change) => {
      at = Math.max(at, change.at);
      return { at, change };
    });
  });
  return timed.sort((a, b) => a.at - b.at).map(({ change }) => change);
}
