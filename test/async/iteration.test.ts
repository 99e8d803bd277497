import { expect, it } from 'vitest';
import { endingWith } from '../../src/async/iteration.ts';

function source(values: readonly number[]) {
  const left = [...values];
  let returned = 0;
  return {
    next: async () => {
      const value = left.shift();
      return value === undefined ? ({ done: true, value: undefined } as const) : ({ done: false, value } as const);
    },
    return: async () => {
      returned += 1;
    },
    returned: () => returned,
  };
}

const upToThree = (value: number) => ({ item: `item ${value}`, isLast: value === 3 });

it('an iterator that ends with an item answers it as the last, and has given its source back by then', async () => {
  const numbers = source([1, 3, 5]);
  const items = endingWith(numbers, upToThree);
  expect(await items.next()).toEqual({ done: false, value: 'item 1' });
  expect(numbers.returned()).toBe(0);
  expect(await items.next()).toEqual({ done: false, value: 'item 3' });
  expect(numbers.returned()).toBe(1);
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

it('an iterator whose source ends, or that is left, is over', async () => {
  const short = endingWith(source([1]), upToThree);
  expect([(await short.next()).done, (await short.next()).done, (await short.next()).done]).toEqual([
    false,
    true,
    true,
  ]);
  const numbers = source([1, 2]);
  const left = endingWith(numbers, upToThree);
  await left.return();
  expect(await left.next()).toEqual({ done: true, value: undefined });
  expect(numbers.returned()).toBe(1);
});
