import type { GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { defaultFieldResolver, getNullableType, isListType, isObjectType } from 'graphql';
import { RowType } from './row-plan.ts';
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
  for (const type of types) {
    if (type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const row = field.extensions.isSeries === true ? rowOf(field) : undefined;
      if (row !== undefined && !rowTypes.has(row)) rowTypes.set(row, new RowType(row));
      const rowType = row && rowTypes.get(row);
      if (isListType(getNullableType(field.type))) {
        field.resolve = watched(field.resolve ?? defaultFieldResolver, rowType, watchers);
      }
    }
  }
}

function watched(
  resolve: GraphQLFieldResolver<unknown, unknown>,
  rowType: RowType | undefined,
  { budget, splices }: ListWatchers,
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    budget.assertNotRefused(context);
    const list = resolve(source, args, context, info);
    const settle = (settled: unknown): unknown => {
      budget.count(settled, context, info);
      if (rowType === undefined) return settled;
      const toExecutor = (isWritten: boolean): unknown => (isWritten ? [] : settled);
      const written = splices.write(settled, { context, info, rowType });
      return written instanceof Promise ? written.then(toExecutor) : toExecutor(written);
    };
    return list instanceof Promise ? list.then(settle) : settle(list);
  };
}

/** The type of the rows of a series. */
function rowOf({ name, type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  const list = getNullableType(type);
  const row = isListType(list) ? getNullableType(list.ofType) : undefined;
  if (!isObjectType(row)) throw new Error(`the field ${name} is marked as a series and no list of objects`);
  return row;
}
