import { once } from 'node:events';
import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { ask, connectRaw } from '../support/http-client.ts';
import { type Behaviour, serveDesk } from './served-desk.ts';

/** A field that waits until the test lets it go, and says when it has been reached. */
function waitingField() {
  const reached = Promise.withResolvers<AbortSignal>();
  const answer = Promise.withResolvers<string>();
  const behaviour: Behaviour = {
    wait: (signal) => {
      reached.resolve(signal);
      return answer.promise;
    },
  };
  return { behaviour, reached: reached.promise, letGo: () => answer.resolve('finished') };
}

describe('close', () => {
  it('finishes what is under way and leaves nothing listening', async () => {
    const { behaviour, reached, letGo } = waitingField();
    const desk = await serveDesk(behaviour);
    const agent = new Agent({ keepAlive: true });
    await ask({ url: `${desk.url}/health/live`, agent });
    const silent = connectRaw(desk.port);
    const asked = desk.post({ query: '{ wait }' });
    await reached;
    const closed = desk.close();
    await expect(ask({ url: `${desk.url}/health/live` })).rejects.toThrow(/ECONNREFUSED/);
    letGo();
    const { status, text, headers } = await asked;
    expect([status, text, headers.connection]).toEqual([200, '{"data":{"wait":"finished"}}', 'close']);
    await closed;
    expect(await silent.closed()).toBe('');
    await expect(ask({ url: `${desk.url}/health/live` })).rejects.toThrow(/ECONNREFUSED/);
    agent.destroy();
  });

  it('may be called again, during and after', async () => {
    const desk = await serveDesk();
    const first = desk.close();
    expect(desk.close()).toBe(first);
    await first;
    await desk.close();
  });

  it('cuts off what takes longer than the shutdown time, and tells the resolver', async () => {
    const { behaviour, reached } = waitingField();
    const desk = await serveDesk(behaviour, { transport: { shutdownTimeoutMs: 20 } });
    const asked = desk.post({ query: '{ wait }' });
    const refused = expect(asked).rejects.toThrow(/socket hang up|ECONNRESET/);
    const signal = await reached;
    const aborted = once(signal, 'abort');
    await desk.close();
    await refused;
    await aborted;
  });

  it('interrupts a stream for its client to come again, and answers what was asked behind it', async () => {
    const { behaviour, reached, letGo } = waitingField();
    const bothRead = Promise.withResolvers<void>();
    let requests = 0;
    const newRequestId = (): string => {
      if (++requests === 2) bothRead.resolve();
      return `request-${requests}`;
    };
    const desk = await serveDesk(behaviour, { newRequestId });
    const connection = connectRaw(desk.port);
    connection.write(post('subscription { count }', 'text/event-stream'));
    await connection.received(/"count":1/);
    await reached;
    connection.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await bothRead.promise;
    const closed = desk.close();
    const text = await connection.closed();
    letGo();
    await closed;
    expect(text).toMatch(/"count":1.*retry: 1000.*HTTP\/1\.1 200 .*\{"status":"live"\}$/s);
    expect(text).not.toMatch(/event: complete/);
  });

  it('is fine for a server that could not listen', async () => {
    const desk = await serveDesk();
    const second = serveDesk({}, { port: desk.port });
    await expect(second).rejects.toThrow(/EADDRINUSE/);
    await desk.close();
  });
});

describe('a client that goes away', () => {
  it('aborts the signal of its operation', async () => {
    const { behaviour, reached, letGo } = waitingField();
    const desk = await serveDesk(behaviour);
    const connection = connectRaw(desk.port);
    connection.write(post('{ wait }', '*/*'));
    const signal = await reached;
    const aborted = once(signal, 'abort');
    connection.destroy();
    await aborted;
    letGo();
    await desk.close();
    expect(desk.faults).toEqual([]);
  });
});

describe('a client that has gone before it is known who asks', () => {
  it('finds the signal of its operation aborted', async () => {
    const { behaviour, reached, letGo } = waitingField();
    const asked = Promise.withResolvers<void>();
    const known = Promise.withResolvers<void>();
    const desk = await serveDesk(behaviour, {
      viewerOf: async () => {
        asked.resolve();
        await known.promise;
        return LOCAL_VIEWER;
      },
    });
    const connection = connectRaw(desk.port);
    connection.write(post('{ wait }', '*/*'));
    await asked.promise;
    connection.destroy();
    await connection.closed();
    // By then the server knows: it has been asked for something else since, and has answered.
    await ask({ url: `${desk.url}/health/live` });
    known.resolve();
    expect((await reached).aborted).toBe(true);
    letGo();
    await desk.close();
  });
});

describe('a reader of a stream that goes away', () => {
  it('ends the stream at its source', async () => {
    const { behaviour, reached, letGo } = waitingField();
    const desk = await serveDesk(behaviour);
    const connection = connectRaw(desk.port);
    connection.write(post('subscription { count }', 'text/event-stream'));
    await connection.received(/"count":1/);
    const aborted = once(await reached, 'abort');
    connection.destroy();
    await aborted;
    letGo();
    await desk.close();
    expect(desk.faults).toEqual([]);
  });
});

function post(query: string, accept: string): string {
  const body = JSON.stringify({ query });
  const head = `host: localhost\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: ${body.length}`;
  return `POST /graphql HTTP/1.1\r\n${head}\r\n\r\n${body}`;
}
