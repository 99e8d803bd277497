import type { FieldNode, GraphQLResolveInfo, SelectionNode } from 'graphql';
import { getNamedType, isCompositeType, Kind } from 'graphql';
import { CodedError } from '../domain/errors.ts';
import type { Limits } from './limits.ts';
import { isRows } from './row-lanes.ts';

/** What one operation took, and why it gets no more. */
class Spending {
  values = 0;
  isReleased = false;
  #refusal: CodedError | undefined;

  get refusal(): CodedError | undefined {
    // Made when somebody asks: hardly any operation runs on.
    if (this.isReleased) this.#refusal ??= new CodedError('OVERLOADED', 'nobody waits for this answer any more');
    return this.#refusal;
  }

  refuse(refusal: CodedError | undefined): void {
    this.#refusal ??= refusal;
  }
}

/**
 * Counts the values that lists bring into answers: a list of numbers its length, a list of objects its length times the
 * fields asked of each. A value takes some 150 bytes until it is written, so that this is what bounds memory. Operations
 * are known by their context value; what has none, or was not opened, is not counted.
 */
export class ValueBudget {
  readonly #limits: Limits;
  readonly #spendings = new WeakMap<object, Spending>();
  #underWay = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  open(context: unknown): void {
    if (isObject(context) && !this.#spendings.has(context)) {
      this.#spendings.set(context, new Spending());
    }
  }

  /** Gives back what the operation took. If it still runs, it gets no further list. */
  release(context: object): void {
    const spending = this.#spendingOf(context);
    this.#underWay -= spending?.values ?? 0;
    const released = spending ?? new Spending();
    released.values = 0;
    released.isReleased = true;
    if (spending === undefined) this.#spendings.set(context, released);
  }

  /** Why the operation was refused, if it was. */
  refusalOf(context: unknown): CodedError | undefined {
    return this.#spendingOf(context)?.refusal;
  }

  /** Throws why the operation was refused, if it was: then it asks no further list. */
  assertNotRefused(context: unknown): void {
    const refusal = this.refusalOf(context);
    if (refusal !== undefined) throw refusal;
  }

  /** Counts what a list brings into the answer, and throws when it is too much. */
  count(list: unknown, context: unknown, info: GraphQLResolveInfo): void {
    const spending = this.#spendingOf(context);
    if (spending !== undefined && isRows(list)) this.#charge(spending, list.length * valuesOfItem(info));
  }

  #charge(spending: Spending, values: number): void {
    const { listValues, listValuesUnderWay } = this.#limits;
    spending.refuse(
      refusal({
        values: spending.values + values,
        listValues,
        isFull: this.#underWay + values > listValuesUnderWay,
      }),
    );
    if (spending.refusal !== undefined) throw spending.refusal;
    spending.values += values;
    this.#underWay += values;
  }

  #spendingOf(context: unknown): Spending | undefined {
    return isObject(context) ? this.#spendings.get(context) : undefined;
  }
}

function refusal({ values, listValues, isFull }: { values: number; listValues: number; isFull: boolean }) {
  if (values > listValues) {
    const message = `the answer has at least ${values} values in lists, wanted at most ${listValues}: ask for fewer rows at once`;
    return new CodedError('COST_LIMIT', message);
  }
  if (!isFull) return undefined;
  return new CodedError('OVERLOADED', 'other large answers are under way, ask again when they are done');
}

/** Fields asked of an item, with fragments expanded; 1 for an item without fields. */
function valuesOfItem({ fieldNodes, fragments, returnType }: GraphQLResolveInfo): number {
  if (!isCompositeType(getNamedType(returnType))) return 1;
  const countAll = (selections: readonly SelectionNode[] = []): number =>
    selections.reduce((sum, selection) => sum + countOne(selection), 0);
  const countOne = (selection: SelectionNode): number => {
    switch (selection.kind) {
      case Kind.FIELD:
        return 1 + countAll(selection.selectionSet?.selections);
      case Kind.INLINE_FRAGMENT:
        return countAll(selection.selectionSet.selections);
      case Kind.FRAGMENT_SPREAD:
        return countAll(fragments[selection.name.value]?.selectionSet.selections);
    }
  };
  return Math.max(
    1,
    fieldNodes.reduce((sum, node: FieldNode) => sum + countAll(node.selectionSet?.selections), 0),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
