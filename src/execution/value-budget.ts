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

interface Account {
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
  readonly #accounts = new WeakMap<object, Account>();
  #underWay = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  open(context: unknown): void {
    if (isObject(context) && !this.#accounts.has(context)) {
      this.#accounts.set(context, { values: 0, refusal: undefined });
    }
  }

  /** Gives back what the operation took. If it still runs, it gets no further list. */
  release(context: object): void {
    const account = this.#accountOf(context);
    this.#underWay -= account?.values ?? 0;
    const released = account ?? { values: 0, refusal: undefined };
    released.values = 0;
    released.refusal ??= new CodedError('OVERLOADED', 'nobody waits for this answer any more');
    this.#accounts.set(context, released);
  }

  /** Why the operation was refused, if it was. */
  refusalOf(context: unknown): CodedError | undefined {
    return this.#accountOf(context)?.refusal;
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
      const account = this.#accountOf(context);
      if (account === undefined) return resolve(source, args, context, info);
      if (account.refusal !== undefined) throw account.refusal;
      const count = (list: unknown): unknown => {
        if (Array.isArray(list)) this.#charge(account, list.length * valuesOfItem(info));
        return list;
      };
      const list = resolve(source, args, context, info);
      return list instanceof Promise ? list.then(count) : count(list);
    };
  }

  #charge(account: Account, values: number): void {
    const { listValues, listValuesUnderWay } = this.#limits;
    account.refusal ??= refusal({
      values: account.values + values,
      listValues,
      isFull: this.#underWay + values > listValuesUnderWay,
    });
    if (account.refusal !== undefined) throw account.refusal;
    account.values += values;
    this.#underWay += values;
  }

  #accountOf(context: unknown): Account | undefined {
    return isObject(context) ? this.#accounts.get(context) : undefined;
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
