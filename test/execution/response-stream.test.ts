import { buildSchema, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { DEFAULT_LIMITS } from '../../src/execution/limits.ts';
import { type Response, ResponseStream } from '../../src/execution/response-stream.ts';
import { Feed } from './feed.ts';

const DONE = { done: true, value: undefined };

/** Answers each event with itself, and collects what the source fails of when it is given back. */
function streamOf(events: AsyncIterable<unknown>) {
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  return { stream: new ResponseStream({ events, respond: async (event) => ({ data: { event } }), onFault }), faults };
}

describe('a response stream', () => {
  it('answers each event in turn, with the event beside it, and ends with its source', async () => {
    const feed = new Feed<number>();
    const { stream } = streamOf(feed.subscribe());
    feed.publish(1, 2);
    feed.end();
    const responses: Response[] = [];
    for await (const response of stream) responses.push(response);
    expect(responses).toEqual([
      { result: { data: { event: 1 } }, event: 1 },
      { result: { data: { event: 2 } }, event: 2 },
    ]);
    expect(feed.readers).toBe(0);
  });

  it('makes nothing happen before somebody pulls', async () => {
    let pulls = 0;
    const events = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: ++pulls }) as const }) };
    const { stream } = streamOf(events);
    expect(pulls).toBe(0);
    await stream.next();
    expect(pulls).toBe(1);
  });

  it('answers the pull that waits when it is returned, and gives the source back at once', async () => {
    const feed = new Feed<number>();
    const { stream } = streamOf(feed.subscribe());
    const waiting = stream.next();
    expect(await stream.return()).toEqual(DONE);
    expect(feed.readers).toBe(0);
    expect(await waiting).toEqual(DONE);
    expect(await stream.next()).toEqual(DONE);
  });

  it('does not wait for a generator that waits for an event', async () => {
    const event = Promise.withResolvers<number>();
    const over = Promise.withResolvers<void>();
    async function* generate() {
      try {
        yield await event.promise;
      } finally {
        over.resolve();
      }
    }
    const { stream, faults } = streamOf(generate());
    const waiting = stream.next();
    expect(await stream.return()).toEqual(DONE);
    expect(await waiting).toEqual(DONE);
    event.resolve(1);
    await over.promise;
    expect(faults).toEqual([]);
  });

  it('drops the response that was being made when it was returned', async () => {
    const answer = Promise.withResolvers<Record<string, unknown>>();
    const asked = Promise.withResolvers<void>();
    const feed = new Feed<number>();
    const respond = async () => {
      asked.resolve();
      return { data: await answer.promise };
    };
    const stream = new ResponseStream({ events: feed.subscribe(), respond, onFault: () => {} });
    feed.publish(1);
    const waiting = stream.next();
    await asked.promise;
    await stream.return();
    answer.resolve({});
    expect(await waiting).toEqual(DONE);
    expect(feed.readers).toBe(0);
  });

  it('rejects once with what the source failed of, and gives it back', async () => {
    const feed = new Feed<number>();
    const { stream, faults } = streamOf(feed.subscribe());
    const failure = new CodedError('GATEWAY_DOWN', 'the gateway is gone');
    feed.fail(failure);
    await expect(stream.next()).rejects.toBe(failure);
    expect(feed.readers).toBe(0);
    expect(await stream.next()).toEqual(DONE);
    expect(faults).toEqual([]);
  });

  it('rejects when there can be no response, and gives the source back', async () => {
    const feed = new Feed<number>();
    const failure = new Error('no context');
    const stream = new ResponseStream({
      events: feed.subscribe(),
      respond: () => Promise.reject(failure),
      onFault: () => {},
    });
    feed.publish(1);
    await expect(stream.next()).rejects.toBe(failure);
    expect(feed.readers).toBe(0);
  });

  it('tells what the source fails of when it is given back, and rejects nothing', async () => {
    const failure = new Error('the source cannot let go');
    const events = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => Promise.reject(failure),
      }),
    };
    const { stream, faults } = streamOf(events);
    const waiting = stream.next();
    expect(await stream.return()).toEqual(DONE);
    expect(await waiting).toEqual(DONE);
    expect(faults).toEqual([failure]);
  });

  it('gives the source back once, however often it is returned', async () => {
    let returns = 0;
    const events = {
      [Symbol.asyncIterator]: () => ({
        next: async () => DONE as IteratorReturnResult<undefined>,
        return: async () => {
          returns++;
          return DONE as IteratorReturnResult<undefined>;
        },
      }),
    };
    const { stream } = streamOf(events);
    await stream.next();
    await stream.return();
    await stream.return();
    expect(returns).toBe(1);
  });

  it('lets everybody else have a turn while a source has events without end', async () => {
    async function* everything() {
      for (let count = 0; ; count++) yield count;
    }
    const { stream } = streamOf(everything());
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    let pulls = 0;
    while (!hadTurn) {
      await stream.next();
      if (++pulls > 10_000) break;
    }
    expect(hadTurn).toBe(true);
    await stream.return();
  });
});

describe('the responses of a subscription', () => {
  const schema = (): GraphQLSchema =>
    buildSchema('type Query { a: Int } type Subscription { numbers: [Int!] context: String fault: Int! }');

  async function subscribe(field: string, feed: Feed<object>, limits = DEFAULT_LIMITS) {
    let contexts = 0;
    const execution = createExecution({ schema: schema(), limits });
    const stream = await execution.subscribe({
      document: parse(`subscription { ${field} }`),
      rootValue: { [field]: () => feed.subscribe() },
      contextValue: { name: 'of the subscription' },
      contextOfEvent: () => ({ name: `of event ${++contexts}` }),
      onFault: () => {},
    });
    if (!(stream instanceof ResponseStream)) throw new Error(`received ${JSON.stringify(stream)}, wanted a stream`);
    return stream;
  }

  async function resultOf(stream: ResponseStream) {
    const { value } = await stream.next();
    if (value === undefined) throw new Error('received the end, wanted a response');
    return value.result;
  }

  it('are made with a context for each event', async () => {
    const feed = new Feed<object>();
    const stream = await subscribe('context', feed);
    feed.publish(...[1, 2].map(() => ({ context: (_args: unknown, { name }: { name: string }) => name })));
    expect(await resultOf(stream)).toEqual({ data: { context: 'of event 1' } });
    expect(await resultOf(stream)).toEqual({ data: { context: 'of event 2' } });
  });

  it('may each have as many values as one answer', async () => {
    const feed = new Feed<object>();
    const stream = await subscribe('numbers', feed, { ...DEFAULT_LIMITS, listValues: 3, listValuesUnderWay: 4 });
    for (const count of [3, 3, 4, 3]) feed.publish({ numbers: Array.from({ length: count }, () => 1) });
    expect(await resultOf(stream)).toEqual({ data: { numbers: [1, 1, 1] } });
    expect(await resultOf(stream)).toEqual({ data: { numbers: [1, 1, 1] } });
    const refused = await resultOf(stream);
    expect(refused.data).toBeUndefined();
    expect(refused.errors?.[0]?.originalError).toMatchObject({ code: 'COST_LIMIT' });
    expect(await resultOf(stream)).toEqual({ data: { numbers: [1, 1, 1] } });
  });

  it('say what failed of one event and go on with the next', async () => {
    const feed = new Feed<object>();
    const stream = await subscribe('fault', feed);
    feed.publish({ fault: () => Promise.reject(new Error('this one')) }, { fault: 2 });
    const { data, errors } = await resultOf(stream);
    expect(data).toBeNull();
    expect(errors?.[0]).toBeInstanceOf(GraphQLError);
    expect(await resultOf(stream)).toEqual({ data: { fault: 2 } });
  });
});
