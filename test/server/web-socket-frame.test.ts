import { once } from 'node:events';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { nextFrames, nextHead } from '../../src/server/web-socket-frame.ts';

/** The two ends of a WebSocket; what the client hears in the order in which it hears it. */
interface Line {
  readonly near: WebSocket;
  readonly socket: Socket;
  readonly far: WebSocket;
  readonly heard: string[];
}

async function openLine(): Promise<Line> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('received no port');
  const accepted = Promise.withResolvers<{ near: WebSocket; socket: Socket }>();
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.once('upgrade', (request, socket, head) => {
    if (!(socket instanceof Socket)) throw new Error('received no socket');
    webSockets.handleUpgrade(request, socket, head, (near) => accepted.resolve({ near, socket }));
  });
  const far = new WebSocket(`ws://127.0.0.1:${address.port}`, { perMessageDeflate: true });
  const heard: string[] = [];
  far.on('message', (data, isBinary) => heard.push(`${isBinary ? 'binary' : 'text'} ${data}`));
  far.on('ping', (data) => heard.push(`ping ${data}`));
  const line = { ...(await accepted.promise), far, heard };
  server.close();
  return line;
}

/** The messages that a client must hear for these payloads. */
function messagesOf(id: string, texts: readonly string[]): string[] {
  return texts.map((text) => `text {"id":${JSON.stringify(id)},"type":"next","payload":${JSON.stringify(text)}}`);
}

function payloadsOf(texts: readonly string[]) {
  return texts.map((text) => ({ key: undefined, json: Buffer.from(JSON.stringify(text)) }));
}

describe('frames of shared payloads', () => {
  let line: Line;

  beforeAll(async () => {
    line = await openLine();
  });

  afterAll(() => line.far.terminate());

  const heard = async (count: number): Promise<string[]> => {
    while (line.heard.length < count) await once(line.far, 'message');
    return line.heard.splice(0);
  };

  it.each([125, 126, 127, 65_535, 65_536, 65_537, 1_000_000])(
    'are read by a client when the message has %i bytes',
    async (length) => {
      const overhead = messagesOf('1', [''])[0]?.slice('text '.length).length ?? 0;
      const text = 'x'.repeat(length - overhead);
      const frame = nextFrames(nextHead('1'), payloadsOf([text]));
      line.socket.write(frame);
      const [message = ''] = await heard(1);
      expect(message.slice('text '.length)).toHaveLength(length);
      expect(message).toBe(messagesOf('1', [text])[0]);
      const header = length < 126 ? 2 : 4;
      expect(frame).toHaveLength(length + (length < 65_536 ? header : 10));
    },
  );

  it('are none for no payloads', () => {
    expect(nextFrames(nextHead('1'), [])).toHaveLength(0);
  });

  const id = fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ unit: 'grapheme', minLength: 1 }));
  const text = fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 400 }).map((length) => '价'.repeat(length)) },
    { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 70_000 }).map((length) => 'x'.repeat(length)) },
  );
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('frames' as const), id, texts: fc.array(text, { maxLength: 6 }) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), text }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('ping' as const), text: fc.string({ maxLength: 125 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('turn' as const, 'pause' as const, 'resume' as const) }) },
  );

  it('and what ws itself sends come one after the other, however they are mixed', async () => {
    let frames = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const wanted: string[] = [];
        for (const each of steps) {
          if (each.do === 'frames') {
            line.socket.write(nextFrames(nextHead(each.id), payloadsOf(each.texts)));
            wanted.push(...messagesOf(each.id, each.texts));
          } else if (each.do === 'send') {
            line.near.send(each.text);
            wanted.push(`text ${each.text}`);
          } else if (each.do === 'ping') {
            line.near.ping(Buffer.from(each.text.slice(0, 40)));
            wanted.push(`ping ${each.text.slice(0, 40)}`);
          } else if (each.do === 'turn') await nextTurn();
          else if (each.do === 'pause') line.far.pause();
          else line.far.resume();
        }
        line.far.resume();
        line.near.send('the end');
        wanted.push('text the end');
        frames += wanted.length;
        while (line.heard.at(-1) !== 'text the end') await once(line.far, 'message');
        expect(line.heard.splice(0)).toEqual(wanted);
      }),
      { numRuns: 1_000 },
    );
    expect(frames).toBeGreaterThan(10_000);
  });
});
