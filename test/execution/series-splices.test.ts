import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { DEFAULT_LIMITS } from '../../src/execution/limits.ts';
import { BothWays } from './both-ways.ts';
import { columnsOf, type RowValues, rowSchema } from './row-schema.ts';

const ROWS: readonly RowValues[] = [
  { day: 20_000, at: 1_732_147_200_123, isOpen: true, price: 1.5, must: -0 },
  { day: 20_001, at: 0, isOpen: false, price: null, must: 1e21 },
  { day: -1, at: -1, isOpen: true, price: 5e-324, must: 3150.25 },
];
const [FIRST, SECOND] = ROWS as [RowValues, RowValues];

function bothWays(rows: readonly RowValues[] = ROWS): BothWays {
  const series = columnsOf(rows);
  return new BothWays(() => rowSchema({ rows, series: () => series }));
}

const desk = bothWays();

describe('a plain selection of a series', () => {
  it.each([
    ['fields', '{ rows { day price } }'],
    ['all forms', '{ rows { day at isOpen price must } }'],
    ['a slice of columns', '{ history { day at price must } }'],
    ['a part of a slice', '{ history(from: 1, to: 2) { day must } }'],
    ['no rows of a slice', '{ history(from: 2, to: 2) { day } }'],
    ['what comes later', '{ late { day } }'],
    ['a list that may be null', '{ optional { price } }'],
    ['aliases', '{ rows { d: day c: price c2: price } }'],
    ['an alias that JavaScript knows', '{ toJSON: rows { __proto__: day toJSON: price constructor: must then: at } }'],
    ['an object that has to do with __proto__', '{ __proto__: account { __proto__: rows { day } } }'],
    ['several aliases of a series', '{ a: rows { day } b: history { day } c: late { must } }'],
    ['__typename', '{ __typename rows { __typename day type: __typename } }'],
    ['__typename alone', '{ rows { __typename } history(from: 1) { __typename } }'],
    ['a leaf more than once', '{ rows { day day price day } }'],
    ['a fragment', '{ rows { ...F } } fragment F on Row { day price }'],
    ['fragments in fragments', '{ rows { ...F must } } fragment F on Row { ...G day } fragment G on Row { at day }'],
    ['a fragment more than once', '{ rows { ...F must ...F } } fragment F on Row { day }'],
    ['inline fragments', '{ rows { ... on Row { day } ... { must } ... on Row { ... { at } } } }'],
    ['a series in two places', '{ rows { day } rows { must day } }'],
    ['a series in two places, one in a fragment', '{ rows { day } ...G } fragment G on Query { rows { must day } }'],
    [
      '@include and @skip of values',
      '{ rows { day must @include(if: false) at @skip(if: false) @include(if: true) } }',
    ],
    ['a series that is included', '{ rows @include(if: true) @skip(if: false) { day } }'],
    ['a series in accounts', '{ accounts { name rows { day } history { must } optional { price } } }'],
    ['text that has to be escaped beside it', '{ hello rows { day } again: hello }'],
  ])('is written at once: %s', async (_what, query) => {
    expect((await desk.ask({ query })).isSpliced).toBe(true);
  });

  it.each([[{ x: true, y: true }], [{ x: true, y: false }], [{ x: false, y: true }], [{ x: false }]])(
    'is written as its variables %o say',
    async (variables) => {
      const query = `query ($x: Boolean!, $y: Boolean = true) {
      rows { day must @include(if: $x) ...F @skip(if: $y) } late @include(if: $x) { price @skip(if: $y) day }
    } fragment F on Row { at ... @include(if: $x) { isOpen } }`;
      // One after the other with the same document, so that nothing of the one before is left.
      for (const each of [variables, { x: !variables.x }, variables]) {
        expect((await desk.ask({ query, variables: each })).isSpliced).toBe(true);
      }
    },
  );

  it('is written for arguments in variables, and for the operation that is meant', async () => {
    const query = 'query A($n: Int!) { history(from: $n) { day } } query B { history { must } }';
    const a = await desk.ask({ query, variables: { n: 2 }, operationName: 'A' });
    expect([a.isSpliced, a.text]).toEqual([true, '{"data":{"history":[{"day":"1969-12-31"}]}}']);
    expect((await desk.ask({ query, operationName: 'B' })).isSpliced).toBe(true);
  });

  it('is written beside what fails', async () => {
    const fails = '{ account { soft rows { day } } }';
    expect((await desk.ask({ query: fails })).isSpliced).toBe(true);
  });

  it('is dropped with a parent that its sibling makes null, and stays in the others', async () => {
    for (const sibling of ['hard', 'lateHard']) {
      const { text, isSpliced } = await desk.ask({ query: `{ accounts { rows { day } ${sibling} late { must } } }` });
      expect(isSpliced).toBe(true);
      expect(JSON.parse(text).data.accounts.filter((account: unknown) => account === null)).toHaveLength(1);
      expect(JSON.parse(text).errors).toHaveLength(1);
    }
    expect((await desk.ask({ query: '{ failing { rows { day } hard } }' })).isSpliced).toBe(false);
  });

  it('leaves lists alone that are empty or null of themselves', async () => {
    const empty = bothWays([]);
    expect((await empty.ask({ query: '{ rows { day } history { day } missing { day } }' })).text).toBe(
      '{"data":{"rows":[],"history":[],"missing":null}}',
    );
  });
});

describe('any other selection of a series takes the ordinary way', () => {
  it.each([
    ['a field that is no column', '{ rows { day note } }'],
    ['a field with arguments', '{ rows { times } }'],
    ['a field with an argument', '{ rows { day times(by: 3) } }'],
    ['a fragment of an interface', '{ rows { ... on Dated { day } } }'],
    ['a named fragment of an interface', '{ rows { ...F } } fragment F on Dated { day }'],
    ['everything skipped', '{ rows { day @skip(if: true) } }'],
    ['everything skipped in a fragment', '{ rows { ... @include(if: false) { day } } }'],
    ['a column that the slice lacks', '{ history { isOpen } }'],
    ['a set of rows', '{ unordinary { day } }'],
    ['a list with null in it', '{ broken { __typename } }'],
    ['a list with an error in it', '{ errors { __typename } }'],
    ['a list that is null', '{ missing { day } }'],
    ['no series at all', '{ hello }'],
    ['introspection', getIntrospectionQuery()],
  ])('%s', async (_what, query) => {
    expect((await desk.ask({ query })).isSpliced).toBe(false);
  });

  it('for a condition that has no value, of which the executor tells', async () => {
    const query = 'query ($x: Boolean = true) { rows { day must @include(if: $x) } }';
    const { isSpliced, text } = await desk.ask({ query, variables: { x: null } });
    expect(isSpliced).toBe(false);
    expect(JSON.parse(text).errors).toHaveLength(1);
  });

  it.each<[string, Partial<Record<keyof RowValues, unknown>>, boolean]>([
    ['NaN where null may be', { price: Number.NaN }, true],
    ['infinity', { price: Number.POSITIVE_INFINITY }, true],
    ['negative infinity in a field that must be', { must: Number.NEGATIVE_INFINITY }, true],
    ['null in a field that must be', { must: null }, true],
    ['NaN in a field that must be', { must: Number.NaN }, true],
    ['nothing at all', { must: undefined, price: undefined }, true],
    ['a text where a number should be', { must: '7' }, false],
    ['a boolean where a number should be', { must: true }, false],
    ['a flag that is a number', { isOpen: 1 }, false],
    ['a day that has no text', { day: 3_000_000 }, false],
    ['a day in parts', { day: 1.5 }, false],
    ['an instant out of reach', { at: 1e16 }, true],
    ['an instant in parts', { at: 0.5 }, false],
    ['a figure whose document is bad', { price: null, faults: {} }, true],
    ['a row with faults elsewhere', { price: 1, faults: {} }, false],
  ])('because of one value: %s', async (_what, values, fails) => {
    // Whatever may come from a store in spite of its type.
    const rows = [FIRST, { ...SECOND, ...values } as RowValues];
    const odd = bothWays(rows);
    const { isSpliced, text } = await odd.ask({ query: '{ rows { day at isOpen price must } }' });
    expect(isSpliced).toBe(false);
    expect('errors' in JSON.parse(text)).toBe(fails);
  });

  it('only for the list that has the value', async () => {
    const odd = bothWays([FIRST, { ...SECOND, must: Number.NaN }]);
    const { isSpliced, text } = await odd.ask({ query: '{ optional { day } account { name optional { must } } }' });
    expect(isSpliced).toBe(true);
    expect(JSON.parse(text).errors).toHaveLength(1);
    expect((await odd.ask({ query: '{ history(to: 1) { must } }' })).isSpliced).toBe(true);
    expect((await odd.ask({ query: '{ history { must } }' })).isSpliced).toBe(false);
  });

  it('when nobody asked for written lists', async () => {
    const document = desk.execution.parse('{ rows { day } }');
    const { data } = await desk.execution.execute({ document, contextValue: {} });
    expect(data?.rows).toEqual([{ day: '2024-10-04' }, { day: '2024-10-05' }, { day: '1969-12-31' }]);
    expect((await desk.execution.answer({ document })).hasWrittenLists).toBe(false);
  });
});

describe('a long series', () => {
  const long = Array.from({ length: 30_000 }, (_, day) => ({ day, at: day, isOpen: true, price: day / 4, must: day }));

  it('is written at once too, a part in each turn of the event loop', async () => {
    const schema = rowSchema({ rows: long, series: () => columnsOf(long) });
    const execution = createExecution({ schema });
    const lists = ['a: rows', 'b: late', 'c: history(to: 30000)', 'd: rows', 'e: late', 'f: optional'];
    const document = execution.parse(`{ ${lists.map((list) => `${list} { day must }`).join(' ')} }`);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const { hasWrittenLists, result } = await execution.answer({ document, contextValue: {} });
    isDone = true;
    expect(hasWrittenLists).toBe(true);
    expect(result.errors).toBeUndefined();
    // 360,000 values, of which a turn does 100,000.
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('has the bytes that the executor gives, and goes the ordinary way for its last value', async () => {
    const desk = bothWays(long);
    expect((await desk.ask({ query: '{ rows { day at price must } }' })).isSpliced).toBe(true);
    const odd = bothWays(long.with(-1, { day: 0, at: 0, isOpen: true, price: 0, must: Number.NaN }));
    const { isSpliced, text } = await odd.ask({ query: '{ optional { day must } }' });
    expect(isSpliced).toBe(false);
    expect(JSON.parse(text).errors).toHaveLength(1);
  });
});

describe('the values of a series', () => {
  const answer = async (query: string, listValues: number) => {
    const schema = rowSchema({ rows: ROWS, series: () => columnsOf(ROWS) });
    const execution = createExecution({ schema, limits: { ...DEFAULT_LIMITS, listValues } });
    return execution.answer({ document: execution.parse(query), contextValue: {} });
  };

  it.each([
    ['{ rows { day must } }', 6],
    ['{ late { ...F } } fragment F on Row { day ... { must } }', 6],
    ['{ history { day } }', 3],
    ['{ history(from: 1) { day must } rows { at } }', 7],
    ['{ rows { day must @skip(if: true) } }', 6],
    ['{ rows { day note } }', 6],
  ])('of %s are counted whichever way they go', async (query, values) => {
    expect((await answer(query, values)).result.errors).toBeUndefined();
    const { result, hasWrittenLists } = await answer(query, values - 1);
    expect(result).not.toHaveProperty('data');
    expect(hasWrittenLists).toBe(false);
    expect(result.errors?.map(({ originalError }) => originalError)).toEqual([
      new CodedError(
        'COST_LIMIT',
        `the answer has at least ${values} values in lists, wanted at most ${values - 1}: ask for fewer rows at once`,
      ),
    ]);
  });
});
