import type { FieldNode, GraphQLFieldResolver, GraphQLResolveInfo, GraphQLSchema, SelectionNode } from 'graphql';
import {
  defaultFieldResolver,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import { CodedError } from '../domain/errors.ts';
import type { Limits } from './limits.ts';

interface Spending {
  values: number;
  refusal: CodedError | undefined;
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
      this.#spendings.set(context, { values: 0, refusal: undefined });
    }
  }

  /** Gives back what the operation took. If it still runs, it gets no further list. */
  release(context: object): void {
    const spending = this.#spendingOf(context);
    this.#underWay -= spending?.values ?? 0;
    const released = spending ?? { values: 0, refusal: undefined };
    released.values = 0;
    released.refusal ??= new CodedError('OVERLOADED', 'nobody waits for this answer any more');
    this.#spendings.set(context, released);
  }

  /** Why the operation was refused, if it was. */
  refusalOf(context: unknown): CodedError | undefined {
    return this.#spendingOf(context)?.refusal;
  }

  /** Makes every field of the schema that answers a list count it. Once refused, an operation asks no further list. */
  watch(schema: GraphQLSchema): void {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) {
        const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
        if (isList) field.resolve = this.#counted(field.resolve ?? defaultFieldResolver);
      }
    }
  }

  #counted(resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
    return (source, args, context, info) => {
      const spending = this.#spendingOf(context);
      if (spending === undefined) return resolve(source, args, context, info);
      if (spending.refusal !== undefined) throw spending.refusal;
      const count = (list: unknown): unknown => {
        if (Array.isArray(list)) this.#charge(spending, list.length * valuesOfItem(info));
        return list;
      };
      const list = resolve(source, args, context, info);
      return list instanceof Promise ? list.then(count) : count(list);
    };
  }

  #charge(spending: Spending, values: number): void {
    const { listValues, listValuesUnderWay } = this.#limits;
    spending.refusal ??= refusal({
      values: spending.values + values,
      listValues,
      isFull: this.#underWay + values > listValuesUnderWay,
    });
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
