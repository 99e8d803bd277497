import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { type ColumnForm, column, SERIES } from '../../src/domain/column.ts';
import { formatDay } from '../../src/domain/day.ts';
import { RowSlice } from '../../src/domain/row-slice.ts';

/** A row as stores and caches hold them; `price` is null with a fault where its document is bad. */
export interface RowValues {
  readonly day: number;
  readonly at: number;
  readonly isOpen: boolean;
  readonly price: number | null;
  readonly must: number | null;
  readonly faults?: object;
}

export interface RowSchemaOptions {
  /** What the series fields named rows and late answer. */
  readonly rows: readonly RowValues[];
  /** What `history` answers a part of when it is asked. */
  readonly series: () => SeriesColumns;
}

/** NaN stands for null, 1 and 0 for true and false. */
export interface SeriesColumns {
  readonly day: Int32Array;
  readonly at: Float64Array;
  readonly price: Float64Array;
  readonly must: Float64Array;
  readonly isOpen: Int32Array;
}

interface Named {
  readonly name: string;
}

/** Series in all places where the product has them, and beside everything that can go wrong there. */
export function rowSchema({ rows, series }: RowSchemaOptions): GraphQLSchema {
  const day = new GraphQLScalarType({ name: 'Date', coerceOutputValue: (value) => formatDay(Number(value)) });
  const instant = new GraphQLScalarType({
    name: 'DateTime',
    coerceOutputValue: (value) => new Date(Number(value)).toISOString(),
  });
  const dated = new GraphQLInterfaceType({ name: 'Dated', fields: { day: { type: new GraphQLNonNull(day) } } });
  const row = new GraphQLObjectType({
    name: 'Row',
    interfaces: [dated],
    fields: {
      day: { type: new GraphQLNonNull(day), extensions: column('day', 'DAY') },
      at: { type: new GraphQLNonNull(instant), extensions: column('at', 'INSTANT') },
      isOpen: { type: new GraphQLNonNull(GraphQLBoolean), extensions: column('isOpen', 'BOOLEAN') },
      price: { type: GraphQLFloat, extensions: column('price', 'NUMBER'), resolve: resolvePrice },
      must: { type: new GraphQLNonNull(GraphQLFloat), extensions: column('must', 'NUMBER') },
      note: { type: GraphQLString, resolve: ({ price }: RowValues) => `note ${price}` },
      times: {
        type: GraphQLInt,
        args: { by: { type: GraphQLInt, default: { value: 1 } } },
        resolve: (_row, { by }) => by,
      },
    },
  });
  const many = { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(row))), extensions: SERIES };
  const optional = { type: new GraphQLList(new GraphQLNonNull(row)), extensions: SERIES };
  const history = {
    ...many,
    args: { from: { type: GraphQLInt, default: { value: 0 } }, to: { type: GraphQLInt, default: { value: 1_000 } } },
    resolve: (_root: unknown, range: Range) => sliceOf(series(), range),
  };
  const listed = (item: GraphQLOutputType, name: keyof SeriesColumns, form: ColumnForm) => ({
    type: new GraphQLNonNull(new GraphQLList(item)),
    extensions: { ...SERIES, ...column(name, form) },
    resolve: (range: Range) => valuesOf(series(), name, range),
  });
  const listedColumns = new GraphQLObjectType({
    name: 'Columns',
    fields: {
      day: listed(new GraphQLNonNull(day), 'day', 'DAY'),
      at: listed(new GraphQLNonNull(instant), 'at', 'INSTANT'),
      price: listed(GraphQLFloat, 'price', 'NUMBER'),
      must: listed(new GraphQLNonNull(GraphQLFloat), 'must', 'NUMBER'),
      isOpen: listed(new GraphQLNonNull(GraphQLBoolean), 'isOpen', 'BOOLEAN'),
    },
  });
  const columns = { type: listedColumns, args: history.args, resolve: (_root: unknown, range: Range) => range };
  /** As `history`, with a column of booleans. */
  const sessions = {
    ...history,
    resolve: (_root: unknown, range: Range) => sliceOf(series(), range, { isOpen: series().isOpen }),
  };
  const fail = (): never => {
    throw new Error('failed');
  };
  const account: GraphQLObjectType = new GraphQLObjectType({
    name: 'Account',
    fields: () => ({
      name: { type: GraphQLString },
      rows: { ...many, resolve: () => rows },
      late: { ...many, resolve: async () => rows },
      optional: { ...optional, resolve: () => rows },
      history,
      sessions,
      columns,
      soft: { type: GraphQLString, resolve: fail },
      hard: { type: new GraphQLNonNull(GraphQLString), resolve: ({ name }: Named) => (name === 'b' ? fail() : name) },
      lateHard: {
        type: new GraphQLNonNull(GraphQLString),
        resolve: async ({ name }: Named) => (name === 'c' ? fail() : name),
      },
    }),
  });
  const accounts = {
    type: new GraphQLNonNull(new GraphQLList(account)),
    resolve: () => ['a', 'b', 'c'].map((name) => ({ name })),
  };
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      rows: { ...many, resolve: () => rows },
      late: { ...many, resolve: async () => rows },
      optional: { ...optional, resolve: () => rows },
      missing: { ...optional, resolve: async () => null },
      unordinary: { ...optional, resolve: () => new Set(rows) },
      broken: { ...optional, resolve: () => [rows[0], null] },
      errors: { ...optional, resolve: () => [new Error('no row')] },
      history,
      sessions,
      columns,
      accounts,
      account: { type: account, resolve: () => ({ name: 'a' }) },
      failing: { type: account, resolve: () => ({ name: 'b' }) },
      hello: { type: GraphQLString, resolve: () => 'hello \u0001 "ü"' },
    },
  });
  return new GraphQLSchema({ query, types: [row] });
}

function resolvePrice({ price, faults }: RowValues): number | null {
  if (price === null && faults !== undefined) throw new Error('the document is bad');
  return price;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function within({ from, to }: Range, length: number): Range {
  const begin = Math.min(Math.max(0, from), length);
  return { from: begin, to: Math.max(begin, Math.min(length, to)) };
}

const orNull = (value = Number.NaN): number | null => (Number.isNaN(value) ? null : value);

function sliceOf(
  series: SeriesColumns,
  range: Range,
  flags: Pick<SeriesColumns, 'isOpen'> | Record<string, never> = {},
): RowSlice<Omit<RowValues, 'isOpen'>> {
  const { day, at, price, must } = series;
  return new RowSlice({
    series,
    columns: { day, at, price, must, ...flags },
    ...within(range, day.length),
    rowAt: (index) => ({
      day: day[index] ?? Number.NaN,
      at: at[index] ?? Number.NaN,
      price: orNull(price[index]),
      must: orNull(must[index]),
      ...(flags.isOpen && { isOpen: flags.isOpen[index] === 1 }),
    }),
  });
}

function valuesOf(series: SeriesColumns, name: keyof SeriesColumns, range: Range): RowSlice<unknown> {
  const { [name]: values } = series;
  return new RowSlice({
    series,
    columns: { [name]: values },
    ...within(range, values.length),
    rowAt: (index) => (name === 'isOpen' ? values[index] === 1 : orNull(values[index])),
  });
}

/** Columns of the same rows, as a cache keeps them. */
export function columnsOf(rows: readonly RowValues[]): SeriesColumns {
  return {
    day: Int32Array.from(rows, ({ day }) => day),
    at: Float64Array.from(rows, ({ at }) => at),
    price: Float64Array.from(rows, ({ price }) => price ?? Number.NaN),
    must: Float64Array.from(rows, ({ must }) => must ?? Number.NaN),
    isOpen: Int32Array.from(rows, ({ isOpen }) => Number(isOpen)),
  };
}
