import { GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecution } from '../../src/execution/execution.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/execution/limits.ts';

/** Ten rows by each list field, and how often one was asked for them. */
function tenRows(limits: Partial<Limits>) {
  const asked = { count: 0 };
  const rows = (): object[] => {
    asked.count++;
    return Array.from({ length: 10 }, (_, n) => ({ n, m: n, tags: ['a', 'b'] }));
  };
  const row = new GraphQLObjectType({
    name: 'Row',
    fields: {
      n: { type: GraphQLInt },
      m: { type: GraphQLInt },
      tags: { type: new GraphQLList(GraphQLString) },
    },
  });
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      rows: { type: new GraphQLList(row), resolve: rows },
      late: { type: new GraphQLList(row), resolve: async () => rows() },
      one: { type: GraphQLInt, resolve: () => 1 },
    },
  });
  const execution = createExecution({
    schema: new GraphQLSchema({ query }),
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  const run = (text: string, contextValue: object = {}) =>
    execution.execute({ document: execution.parse(text), contextValue });
  return { asked, run, release: execution.release };
}

const codeOf = ({ errors }: Awaited<ReturnType<ReturnType<typeof tenRows>['run']>>) =>
  errors?.map(({ originalError }) => (originalError as { code?: string } | undefined)?.code);

describe('the values in lists', () => {
  it.each([
    ['rows times fields', '{ rows { n m } }', 20],
    ['rows that come later', '{ late { n m } }', 20],
    ['fields of fragments', '{ rows { ...F ... { n } } } fragment F on Row { m }', 20],
    ['fields that are asked for in two places', '{ rows { n } rows { m } }', 20],
    ['lists in lists', '{ rows { tags } }', 30],
    ['what aliases repeat', '{ a: rows { n } b: late { n } }', 20],
  ])('are counted as %s', async (_what, text, values) => {
    const enough = await tenRows({ listValues: values }).run(text);
    expect(enough.errors).toBeUndefined();
    const result = await tenRows({ listValues: values - 1 }).run(text);
    expect(codeOf(result)).toEqual(['COST_LIMIT']);
    expect(result).not.toHaveProperty('data');
    expect(result.errors?.[0]?.message).toMatch(/wanted at most \d+/);
  });

  it('do not count what is no list', async () => {
    expect((await tenRows({ listValues: 0 }).run('{ one }')).data).toEqual({ one: 1 });
  });

  it('are not asked for any more once there are too many', async () => {
    const { asked, run } = tenRows({ listValues: 15 });
    await run(`{ ${Array.from({ length: 50 }, (_, at) => `a${at}: rows { n }`).join(' ')} }`);
    expect(asked.count).toBe(2);
  });

  it('of one operation leave the next one its own', async () => {
    const { run } = tenRows({ listValues: 15 });
    expect(codeOf(await run('{ a: rows { n } b: rows { n } }'))).toEqual(['COST_LIMIT']);
    expect((await run('{ rows { n } }')).errors).toBeUndefined();
  });

  it('of all operations together are bounded until each is released', async () => {
    const { run, release } = tenRows({ listValuesUnderWay: 15 });
    const [first, second] = [{}, {}];
    expect((await run('{ rows { n } }', first)).errors).toBeUndefined();
    expect(codeOf(await run('{ rows { n } }', second))).toEqual(['OVERLOADED']);
    release(second);
    expect(codeOf(await run('{ rows { n } }'))).toEqual(['OVERLOADED']);
    release(first);
    release(first);
    expect((await run('{ rows { n } }')).errors).toBeUndefined();
    expect(codeOf(await run('{ rows { n } }'))).toEqual(['OVERLOADED']);
  });

  it('are not asked for by an operation that is released before it has ended', async () => {
    const { asked, run, release } = tenRows({ listValues: 1_000 });
    const [gone, goneBefore] = [{}, {}];
    const result = run('{ late { n tags } }', gone);
    release(gone);
    release(goneBefore);
    expect(codeOf(await result)).toEqual(['OVERLOADED']);
    expect(codeOf(await run('{ rows { n } }', goneBefore))).toEqual(['OVERLOADED']);
    expect(asked.count).toBe(1);
  });
});
