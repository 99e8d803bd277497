import type { GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { defaultFieldResolver, getNullableType, isListType, isObjectType } from 'graphql';
import { isColumn, type RowPlanner, RowType, ValuePlan } from './row-plan.ts';
import type { SeriesSplices } from './series-splices.ts';
import type { ValueBudget } from './value-budget.ts';

export interface ListWatchers {
  readonly budget: ValueBudget;
  readonly splices: SeriesSplices;
}

/**
 * Puts one wrapper around every field of the schema that answers a list: its values are counted, and when it is a
 * series, its rows are written past the executor. It waits for a list once, since the order of errors depends on it.
 */
export function watchLists(schema: GraphQLSchema, watchers: ListWatchers): void {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const rowTypes = new Map<GraphQLObjectType, RowType>();
  const plannerOf = (field: GraphQLField<unknown, unknown>): RowPlanner => {
    if (isColumn(field.extensions.column)) return new ValuePlan(itemOf(field), field.extensions.column);
    const row = getNullableType(itemOf(field));
    if (!isObjectType(row)) throw new Error(`the field ${field.name} is marked as a series and no list of objects`);
    const rowType = rowTypes.get(row) ?? new RowType(row);
    rowTypes.set(row, rowType);
    return rowType;
  };
  for (const type of types) {
    if (type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const planner = field.extensions.isSeries === true ? plannerOf(field) : undefined;
      if (isListType(getNullableType(field.type))) {
        field.resolve = watched(field.resolve ?? defaultFieldResolver, planner, watchers);
      }
    }
  }
}

function watched(
  resolve: GraphQLFieldResolver<unknown, unknown>,
  planner: RowPlanner | undefined,
  { budget, splices }: ListWatchers,
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    budget.assertNotRefused(context);
    const list = resolve(source, args, context, info);
    const settle = (settled: unknown): unknown => {
      budget.count(settled, context, info);
      if (planner === undefined) return settled;
      const toExecutor = (isWritten: boolean): unknown => (isWritten ? [] : settled);
      const written = splices.write(settled, { context, info, planner });
      return written instanceof Promise ? written.then(toExecutor) : toExecutor(written);
    };
    return list instanceof Promise ? list.then(settle) : settle(list);
  };
}

/** The type of the items of a list. */
function itemOf({ name, type }: GraphQLField<unknown, unknown>): GraphQLOutputType {
  const list = getNullableType(type);
  if (!isListType(list)) throw new Error(`the field ${name} is marked as a series and no list`);
  return list.ofType;
}
