/**
 * Work that whoever has it done may put aside between any two steps: each yields what it cost since the one before, and
 * the result is returned at the end. The unit is a short row of a table, about a microsecond.
 */
export type Steps<Result> = Generator<number, Result, undefined>;

type Compare<Item> = (left: Item, right: Item) => number;

const ITEMS_OF_STEP = 512;
/** Of as many items that are only moved. */
const COST_OF_MOVING = 64;

/** Does all of it at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Ends work that is not done, and with it what it holds; nothing when it has ended. */
export function giveUp(steps: Steps<unknown>): void {
  steps.return(undefined);
}

/** What `work` makes of each item, in their order. */
export function* eachInSteps<Item, Made>(items: readonly Item[], work: (item: Item) => Steps<Made>): Steps<Made[]> {
  const made: Made[] = [];
  for (const item of items) made.push(yield* work(item));
  return made;
}

/** Calls `visit` with each item, in their order. */
export function* visitInSteps<Item>(items: Iterable<Item>, visit: (item: Item) => void): Steps<void> {
  let visited = 0;
  for (const item of items) {
    visit(item);
    visited += 1;
    if (visited % ITEMS_OF_STEP === 0) yield ITEMS_OF_STEP;
  }
}

/** The items as `toSorted` has them: equal ones in the order in which they came. */
export function* sortInSteps<Item extends object>(items: readonly Item[], compare: Compare<Item>): Steps<Item[]> {
  let runs: Item[][] = [];
  for (let at = 0; at < items.length; at += ITEMS_OF_STEP) {
    runs.push(items.slice(at, at + ITEMS_OF_STEP).sort(compare));
    yield ITEMS_OF_STEP;
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [left = [], right = []] = runs.slice(at, at + 2);
      yield* append(left, right, compare);
      merged.push(left);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Merges a sorted run into the one before it, of which stays where it is what comes first anyway: most lists nearly ascend. */
function* append<Item extends object>(left: Item[], right: readonly Item[], compare: Compare<Item>): Steps<void> {
  const [first] = right;
  if (first === undefined) return;
  const rest = left.splice(placeBehind(left, first, compare));
  let [fromRest, fromRight] = [0, 0];
  for (let moved = 1; ; moved++) {
    const one = rest[fromRest];
    const other = right[fromRight];
    if (one !== undefined && (other === undefined || compare(one, other) <= 0)) {
      left.push(one);
      fromRest += 1;
    } else if (other !== undefined) {
      left.push(other);
      fromRight += 1;
    } else {
      return;
    }
    if (moved % ITEMS_OF_STEP === 0) yield COST_OF_MOVING;
  }
}

/** Where an item goes in a sorted run that has to come behind all that are equal to it. */
function placeBehind<Item extends object>(run: readonly Item[], item: Item, compare: Compare<Item>): number {
  let [from, to] = [0, run.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = run[middle];
    if (other !== undefined && compare(other, item) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
