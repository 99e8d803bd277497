import type { ExecutionResult } from 'graphql';
import { buildSchema, GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecution } from '../../src/execution/execution.ts';

const schema = buildSchema(`
  input Range { start: Int! }
  type Query { bars(range: Range, code: String): String }
  type Subscription { tick: Int }
`);
const execution = createExecution({ schema });

const onFault = (): never => {
  throw new Error('a source failed when it was given back');
};

describe('createExecution', () => {
  it('gives the document of the same text back once it was found valid', () => {
    const text = '{ bars }';
    const document = execution.parse(text);
    expect(execution.parse(text)).not.toBe(document);
    expect(execution.validate(document)).toEqual([]);
    expect(execution.parse(text)).toBe(document);
    expect(execution.validate(execution.parse(text))).toEqual([]);
  });

  it('does not keep an invalid document', () => {
    const document = execution.parse('{ barz }');
    expect(execution.validate(document)[0]?.message).toMatch(/barz/);
    expect(execution.parse('{ barz }')).not.toBe(document);
  });

  it('reports five errors at most', () => {
    expect(
      execution.validate(execution.parse(`{${Array.from({ length: 500 }, (_, at) => `unknown${at}`).join(' ')}}`)),
    ).toHaveLength(5);
  });

  it('leaves suggestions out where it was told to', () => {
    const hiding = createExecution({ schema, hideSuggestions: true });
    const messages = (of: typeof execution) => of.validate(of.parse('{ barz }')).map(({ message }) => message);
    expect(messages(execution)).toEqual(['Cannot query field "barz" on type "Query". Did you mean "bars"?']);
    expect(messages(hiding)).toEqual(['Cannot query field "barz" on type "Query".']);
  });

  it('leaves suggestions out of errors about variables too', async () => {
    const hiding = createExecution({ schema, hideSuggestions: true });
    const document = hiding.parse('query ($r: Range) { bars(range: $r) }');
    const { errors } = await hiding.execute({ document, variableValues: { r: { start: 1, stark: 2 } } });
    expect(errors?.map(({ message }) => message).join()).toMatch(/stark/);
    expect(errors?.map(({ message }) => message).join()).not.toMatch(/Did you mean/);
  });

  it('refuses fragments in a circle, however they are reached', () => {
    const document = execution.parse('{...A} fragment A on Query{...B} fragment B on Query{...A}');
    expect(execution.validate(document).map(({ message }) => message)).toContain(
      'Cannot spread fragment "A" within itself via "B".',
    );
  });

  it('executes with the context as it was given', async () => {
    const context = { codes: ['AAPL'] };
    const rootValue = { bars: (_args: object, received: unknown) => String(received === context) };
    const document = execution.parse('{ bars }');
    const { data } = await execution.execute({ document, rootValue, contextValue: context });
    expect(data?.bars).toBe('true');
  });

  it('rejects for no resolver, whatever it throws', async () => {
    const document = execution.parse('{ bars }');
    const rootValue = {
      bars: () => {
        throw null;
      },
    };
    const { data, errors } = await execution.execute({ document, rootValue });
    expect(data?.bars).toBeNull();
    expect(errors?.[0]).toBeInstanceOf(GraphQLError);
  });

  it('streams a subscription', async () => {
    async function* tick() {
      yield { tick: 1 };
      yield { tick: 2 };
    }
    const document = execution.parse('subscription { tick }');
    const stream = await execution.subscribe({ document, rootValue: { tick }, contextOfEvent: () => ({}), onFault });
    const seen: ExecutionResult[] = [];
    if (!(Symbol.asyncIterator in stream)) throw new Error('received no stream');
    for await (const { result } of stream) seen.push(result);
    expect(seen.map(({ data }) => data?.tick)).toEqual([1, 2]);
  });

  it('answers a subscription that cannot start with its errors', async () => {
    const document = execution.parse('subscription { tick }');
    const tick = () => {
      throw new Error('no source');
    };
    expect(
      await execution.subscribe({ document, rootValue: { tick }, contextOfEvent: () => ({}), onFault }),
    ).toMatchObject({
      errors: [{ message: 'no source' }],
    });
  });
});
