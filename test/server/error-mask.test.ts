import { types } from 'node:util';
import fc from 'fast-check';
import type { GraphQLFieldResolver } from 'graphql';
import {
  execute,
  GraphQLError,
  GraphQLFloat,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { badUserInput, CodedError, notFound } from '../../src/domain/errors.ts';
import { createErrorMask } from '../../src/server/error-mask.ts';
import { type LogLine, recordingLogger } from './served-desk.ts';

let faults: LogLine[];
let mask: ReturnType<typeof createErrorMask>;
beforeEach(() => {
  faults = [];
  mask = createErrorMask(recordingLogger(faults));
});

const INTERNAL = { message: 'internal error', extensions: { code: 'INTERNAL', requestId: 'r1' } };

/** Thrown values of every kind, those that fight back included; boxed, since fast-check itself looks into its values. */
function strangeValue(): fc.Arbitrary<{ thrown: unknown }> {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const throwing = (): never => {
    throw new Error('secret of a getter');
  };
  const getters = Object.defineProperties(
    {},
    { message: { get: throwing }, stack: { get: throwing }, name: { get: throwing } },
  );
  const proxy = new Proxy(new Error('secret'), {
    get: throwing,
    getPrototypeOf: throwing,
    ownKeys: throwing,
    getOwnPropertyDescriptor: throwing,
    has: throwing,
  });
  const wrapped = new Error('secret', { cause: badUserInput('secret') });
  const decorated = Object.assign(new Error('secret'), {
    extensions: { code: 'FORBIDDEN', secret: 1 },
    code: 'NOT_FOUND',
  });
  const impostor = { name: 'CodedError', code: 'NOT_FOUND', message: 'secret' };
  const strange = [cyclic, getters, proxy, wrapped, decorated, impostor, null, undefined, Symbol('secret')];
  return fc.oneof(
    fc.nat(strange.length - 1).map((at) => ({ thrown: strange[at] })),
    fc.string().map((text) => ({ thrown: new Error(text) })),
    fc.string().map((text) => ({ thrown: new AggregateError([new Error(text)], text) })),
    fc.string().map((text) => ({ thrown: new GraphQLError(text, { path: ['x'] }) })),
    fc
      .anything({ withBigInt: true, withNullPrototype: true, withDate: true, withMap: true })
      .map((thrown) => ({ thrown })),
  );
}

describe('createErrorMask', () => {
  it('turns whatever is no coded error into INTERNAL, on its own or thrown in a resolver', () => {
    fc.assert(
      fc.property(strangeValue(), ({ thrown }) => {
        expect(mask(thrown, 'r1').toJSON()).toEqual(expect.objectContaining(INTERNAL));
        if (!types.isNativeError(thrown)) return;
        const located = mask(new GraphQLError('secret', { path: ['y'], originalError: thrown }), 'r1');
        expect(located.toJSON()).toEqual({ ...INTERNAL, path: ['y'] });
      }),
      { numRuns: 1_000 },
    );
  });

  it('logs a fault once for each request, with its stack and the request id', () => {
    const fault = new Error('the disk is full');
    const inField = (key: number) => new GraphQLError('x', { path: ['bars', key], originalError: fault });
    for (const requestId of ['r1', 'r1', 'r2']) mask(inField(1), requestId);
    expect(faults.map(({ fields }) => fields.requestId)).toEqual(['r1', 'r2']);
    expect(String(faults[0]?.fields.fault)).toMatch(/the disk is full\n\s+at /);
  });

  it('logs what lies behind a coded error, once for each request', () => {
    const outage = new CodedError('UPSTREAM_UNAVAILABLE', 'the store cannot be read', {
      cause: new Error('no such table'),
    });
    const inField = (key: number) => new GraphQLError('x', { path: ['accounts', key], originalError: outage });
    for (const [index, requestId] of ['r1', 'r1', 'r2'].entries()) mask(inField(index), requestId);
    expect(faults.map(({ fields, message }) => [fields.requestId, fields.code, message])).toEqual([
      ['r1', 'UPSTREAM_UNAVAILABLE', 'the store cannot be read'],
      ['r2', 'UPSTREAM_UNAVAILABLE', 'the store cannot be read'],
    ]);
    expect(String(faults[0]?.fields.fault)).toContain('no such table');
  });

  it('does not log what the client did', () => {
    mask(badUserInput('no'), 'r1');
    mask(new GraphQLError('Syntax Error'), 'r1');
    expect(faults).toEqual([]);
  });

  it('shows a coded error, however deep below GraphQL errors', () => {
    const inner = new GraphQLError('ignored', { originalError: notFound('there is no code "X"'), path: ['a'] });
    const outer = new GraphQLError('ignored', {
      originalError: inner,
      path: ['a'],
      extensions: { http: {}, secret: 1 },
    });
    expect(mask(outer, 'r1').toJSON()).toEqual({
      message: 'there is no code "X"',
      path: ['a'],
      extensions: { code: 'NOT_FOUND', requestId: 'r1' },
    });
  });

  it('names the stored document that cannot be read, and nothing else of it', () => {
    const origin = { collection: 'quantaxis.history', documentId: '5e20c2f1', password: 'secret' };
    const error = new CodedError('DATA_INVALID', 'accounts.balance: received NaN', { origin });
    expect(mask(error, 'r1').extensions).toEqual({
      code: 'DATA_INVALID',
      requestId: 'r1',
      collection: 'quantaxis.history',
      documentId: '5e20c2f1',
    });
  });

  it('bounds a message at 500 characters', () => {
    expect(mask(badUserInput('x'.repeat(10_000)), 'r1').message).toHaveLength(500);
  });

  it('never shows the cause of a coded error', () => {
    const coded = new CodedError('UPSTREAM_UNAVAILABLE', 'the source is down', { cause: new Error('secret') });
    expect(JSON.stringify(mask(coded, 'r1'))).not.toMatch(/secret|cause|stack/);
  });
});

describe('errors of graphql', () => {
  const day = new GraphQLScalarType({
    name: 'Day',
    parseValue: (received) => {
      throw received === 'fault' ? new TypeError('secret') : badUserInput(`received ${received}, wanted a day`);
    },
  });
  const field = (resolve: GraphQLFieldResolver<unknown, unknown>) => ({ type: GraphQLFloat, resolve });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        bars: {
          type: GraphQLInt,
          args: { day: { type: day }, first: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 1 } },
        },
        notANumber: field(() => Number.NaN),
        missing: { type: new GraphQLNonNull(GraphQLInt), resolve: () => null },
        ownError: field(() => {
          throw new GraphQLError('secret');
        }),
      },
    }),
  });
  const ask = async (text: string, variableValues: Record<string, unknown> = {}) => {
    const document = parse(text);
    const invalid = validate(schema, document);
    const { errors = [] } =
      invalid.length > 0 ? { errors: invalid } : await execute({ schema, document, variableValues });
    return errors
      .map((error) => mask(error, 'r1'))
      .map(({ message, extensions }) => ({ message, code: extensions.code }));
  };

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['an unknown field', '{ barz }', {}, /barz/],
    ['a variable of the wrong type', 'query ($n: Int!) { bars(first: $n) }', { n: 'x' }, /"\$n"/],
    ['a missing variable', 'query ($n: Int!) { bars(first: $n) }', {}, /"\$n"/],
    ['a null for an argument that takes none', 'query ($n: Int = 1) { bars(first: $n) }', { n: null }, /"\$n"/],
    ['a null for @skip', 'query ($b: Boolean = true) { bars @skip(if: $b) }', { b: null }, /"\$b"/],
    ['an operation name that is missing', 'query A { bars } query B { bars }', {}, /operation name/],
    [
      'a variable that a scalar refuses',
      'query ($d: Day) { bars(day: $d) }',
      { d: 'x' },
      /"\$d".*received x, wanted a day/,
    ],
  ])('are the client’s own for %s', async (_what, text, variables, message) => {
    expect(await ask(text, variables)).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringMatching(message) }]);
  });

  it.each<[string, string, Record<string, unknown>?]>([
    ['a value of ours that a scalar cannot serialize', '{ notANumber }'],
    ['a null of ours where none may be', '{ missing }'],
    ['a GraphQLError that a resolver throws', '{ ownError }'],
    ['a scalar that fails', 'query ($d: Day) { bars(day: $d) }', { d: 'fault' }],
  ])('are INTERNAL for %s', async (_what, text, variables) => {
    expect(await ask(text, variables)).toEqual([{ code: 'INTERNAL', message: 'internal error' }]);
    expect(faults).toHaveLength(1);
  });
});
