/** What an iterator answers once it is over. */
export const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

interface Source<Value> {
  next(): Promise<IteratorResult<Value, unknown>>;
  return(): Promise<unknown>;
}

interface EndingIterator<Item> extends AsyncIterableIterator<Item, void, undefined> {
  next(): Promise<IteratorResult<Item, void>>;
  return(): Promise<IteratorResult<Item, void>>;
}

/** The items made of a source's values, up to the one that is the last; the source is given back before it is answered. */
export function endingWith<Value, Item>(
  source: Source<Value>,
  toItem: (value: Value) => { readonly item: Item; readonly isLast: boolean },
): EndingIterator<Item> {
  let hasEnded = false;
  const end = async () => {
    hasEnded = true;
    await source.return();
    return DONE;
  };
  return {
    next: async () => {
      if (hasEnded) return DONE;
      const step = await source.next();
      if (step.done === true) return end();
      const { item, isLast } = toItem(step.value);
      if (isLast) await end();
      return { done: false, value: item };
    },
    return: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
