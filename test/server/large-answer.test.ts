import { once } from 'node:events';
import { connect } from 'node:net';
import { GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { createExecution } from '../../src/execution/execution.ts';
import { DEFAULT_LIMITS } from '../../src/execution/limits.ts';
import { refusalOf, type ServedDesk, serveDesk } from './served-desk.ts';

const MEGABYTE = 'x'.repeat(1_000_000);
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      numbers: {
        type: new GraphQLList(GraphQLInt),
        args: { count: { type: GraphQLInt } },
        resolve: (_root, { count }) => Array(count).fill(1),
      },
      megabytes: { type: new GraphQLList(GraphQLString), resolve: () => Array(40).fill(MEGABYTE) },
    },
  }),
});
const limits = { ...DEFAULT_LIMITS, listValues: 50, listValuesUnderWay: 60 };

let desk: ServedDesk;
afterEach(() => desk.close());

describe('a large answer', () => {
  it('is refused as a whole when it is larger than the limit', async () => {
    desk = await serveDesk({}, { execution: createExecution({ schema, limits }) });
    const answer = await desk.post({ query: '{ a: numbers(count: 1) b: numbers(count: 50) }' });
    expect(refusalOf(answer)).toMatchObject({
      code: 'COST_LIMIT',
      message: 'the answer has at least 51 values in lists, wanted at most 50: ask for fewer rows at once',
    });
    expect((await desk.post({ query: '{ numbers(count: 2) }' })).text).toBe('{"data":{"numbers":[1,1]}}');
  });

  it('gives back its room when it was written, however many there are', async () => {
    desk = await serveDesk({}, { execution: createExecution({ schema, limits }) });
    for (let round = 0; round < 3; round++) {
      expect((await desk.post({ query: '{ numbers(count: 50) }' })).status).toBe(200);
    }
    expect(desk.faults).toEqual([]);
  });

  it('keeps others out as long as it is on its way, and not for ever when nobody reads it', async () => {
    desk = await serveDesk({}, { execution: createExecution({ schema, limits }), transport: { idleTimeoutMs: 100 } });
    const body = '{"query":"{ megabytes }"}';
    const socket = connect(desk.port, '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    const others = await desk.post({ query: '{ numbers(count: 50) }' });
    expect(others.status).toBe(503);
    expect(refusalOf(others).code).toBe('OVERLOADED');
    await expect
      .poll(async () => (await desk.post({ query: '{ numbers(count: 50) }' })).status, { timeout: 5_000 })
      .toBe(200);
    socket.destroy();
  });
});
