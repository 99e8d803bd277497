import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedVenue, until } from '../support/scripted-venue.ts';
import { frameBytes } from '../support/scripted-venue-frames.ts';
import { startEchoingVenue, type WatchedClient, type WatchedClientOptions, watchClient } from './watched-client.ts';

const MEBIBYTE = 1024 * 1024;

let venue: ScriptedVenue;
let watched: WatchedClient[];

beforeEach(async () => {
  venue = await startEchoingVenue();
  watched = [];
});

afterEach(async () => {
  await Promise.all(watched.map(({ client }) => client.stop()));
  expect(watched.map(({ clock }) => clock.pending)).toEqual(watched.map(() => 0));
  await venue.close();
});

async function connect(options: Partial<WatchedClientOptions> = {}): Promise<WatchedClient> {
  const client = watchClient({ url: venue.url, ...options });
  watched.push(client);
  client.client.start();
  await until(client.isOpen);
  return client;
}

describe('a fault of the protocol', () => {
  const faults: readonly [string, () => Buffer][] = [
    ['a reserved opcode', () => frameBytes({ opcode: 3, payload: 'x' })],
    ['a deflated frame that nobody agreed on', () => frameBytes({ opcode: 1, payload: 'x', isDeflated: true })],
    ['a masked frame', () => frameBytes({ opcode: 1, payload: 'x', isMasked: true })],
    ['a text that is not UTF-8', () => frameBytes({ opcode: 1, payload: Buffer.from([0xc3, 0x28]) })],
    ['a continuation of nothing', () => frameBytes({ opcode: 0, payload: 'x' })],
    ['a ping that is too long', () => frameBytes({ opcode: 9, payload: 'x'.repeat(126) })],
    ['a ping in parts', () => frameBytes({ opcode: 9, payload: 'x', isFinal: false })],
    ['a closing frame with a code that there is not', () => frameBytes({ opcode: 8, payload: Buffer.from([0, 1]) })],
    ['a closing frame of one byte', () => frameBytes({ opcode: 8, payload: 'x' })],
    ['a length beyond every bound', () => frameBytes({ opcode: 1, payload: 'x', length: Number.MAX_SAFE_INTEGER })],
    ['a message above 8 MiB', () => frameBytes({ opcode: 1, length: 8 * MEBIBYTE + 1 })],
    ['HTTP in the place of frames', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ];

  it.each(faults)('ends the connection at once for another one: %s', async (_, bytes) => {
    const { client, clock, isOpen, untilWaiting, roundTrip, texts, turns } = await connect();
    const first = venue.connection;
    first.write(bytes());
    expect(await untilWaiting()).toBe(750);
    expect(client.status().lastFailure).toMatch(/\w/);
    await until(() => first.isClosed);
    clock.advance(750);
    await until(isOpen);
    await roundTrip();
    expect(texts).toEqual(['echo 1']);
    expect(turns).toEqual(['OPEN', 'CLOSE', 'OPEN']);
  });

  it.each(['finish', 'reset'] as const)('ends it when the venue stops within a frame: %s', async (end) => {
    const { clock, isOpen, untilWaiting, roundTrip, texts } = await connect();
    venue.connection.write(frameBytes({ opcode: 1, payload: '{"half":', length: 100 }));
    venue.connection[end]();
    await untilWaiting();
    clock.advance(750);
    await until(isOpen);
    await roundTrip();
    expect(texts).toEqual(['echo 1']);
  });

  it('does not wait for a venue that says good-bye and then keeps the line', async () => {
    const { client, untilWaiting } = await connect();
    venue.connection.freeze();
    venue.connection.frame({ opcode: 8, payload: Buffer.from([0x03, 0xe9]) });
    await untilWaiting();
    expect(client.status().lastFailure).toBe('the venue closed the connection with code 1001');
  });

  it('does not end it for a message of 8 MiB', async () => {
    const { texts } = await connect();
    venue.connection.frame({ opcode: 1, payload: 'x'.repeat(8 * MEBIBYTE) });
    await until(() => texts.length === 1);
    expect(texts[0]).toHaveLength(8 * MEBIBYTE);
  });
});

describe('a binary frame', () => {
  it('is read when it is text, gzip or not', async () => {
    const { texts } = await connect();
    venue.connection.send(Buffer.from('{"plain":"é"}'));
    venue.connection.send(gzipSync('{"packed":"é"}'));
    await until(() => texts.length === 2);
    expect(texts).toEqual(['{"plain":"é"}', '{"packed":"é"}']);
  });

  const unreadable: readonly [string, () => Buffer][] = [
    ['junk', () => Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['gzip that is none', () => Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('garbage')])],
    ['half of a gzip', () => gzipSync('x'.repeat(1000)).subarray(0, 20)],
    ['gzip of what is not text', () => gzipSync(Buffer.from([0xff, 0xfe]))],
    ['a gzip bomb', () => gzipSync(Buffer.alloc(64 * MEBIBYTE))],
  ];

  it.each(unreadable)('is dropped when it cannot be read, and the connection stays: %s', async (_, bytes) => {
    const { isOpen, unreadable: reasons, texts, roundTrip } = await connect();
    venue.connection.send(bytes());
    await roundTrip();
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/^received a (gzip|binary) frame/);
    expect([isOpen(), texts]).toEqual([true, ['echo 1']]);
  });

  it('that cannot be read more than 10 times a minute ends the connection', async () => {
    const { client, isOpen, untilWaiting, roundTrip, live, unreadable: reasons } = await connect();
    const sendJunk = (count: number): void => {
      for (let sent = 0; sent < count; sent += 1) venue.connection.send(Buffer.from([0xff]));
    };
    for (const _ of [1, 2, 3]) {
      sendJunk(5);
      await roundTrip();
      await live(30_000);
    }
    expect(isOpen()).toBe(true);
    sendJunk(5);
    await roundTrip();
    sendJunk(5);
    await untilWaiting();
    expect(reasons).toHaveLength(21);
    expect(client.status().lastFailure).toMatch(/^received more than 10 unreadable frames within a minute/);
  });
});

describe('a handler that throws', () => {
  it('is reported, and everything else goes on', async () => {
    const seen: string[] = [];
    const { isOpen, faults, turns } = await connect({
      onText: (text) => {
        if (text === 'bad') throw new Error('cannot handle it');
        seen.push(text);
        return true;
      },
    });
    for (const text of ['good', 'bad', 'better']) venue.connection.send(text);
    await until(() => seen.length === 2);
    expect(seen).toEqual(['good', 'better']);
    expect(faults).toEqual([new Error('cannot handle it')]);
    expect([isOpen(), turns]).toEqual([true, ['OPEN']]);
  });

  it('is reported wherever it is called', async () => {
    const fail = (): never => {
      throw new Error('no');
    };
    const { client, clock, faults, isOpen, untilWaiting } = await connect({
      onOpen: fail,
      onClose: fail,
      onChange: fail,
      onUnreadable: fail,
    });
    venue.connection.send(Buffer.from([0xff]));
    await until(() => faults.length === 4);
    client.reconnect('go');
    await untilWaiting();
    clock.advance(1000);
    await until(isOpen);
    expect(faults.length).toBeGreaterThanOrEqual(8);
  });
});

describe('an old connection', () => {
  const frames = Buffer.concat(['first', 'second', 'third'].map((payload) => frameBytes({ opcode: 1, payload })));

  it.each(['stop', 'reconnect'] as const)('says nothing more after %s, not even what has arrived', async (way) => {
    const seen: string[] = [];
    const { client, clock, isOpen, turns } = await connect({
      onText: (text) => {
        seen.push(text);
        if (text === 'first') void client[way]('enough');
        return true;
      },
    });
    const first = venue.connection;
    first.write(Buffer.concat([frames, frameBytes({ opcode: 9, payload: 'late' }), frameBytes({ opcode: 3 })]));
    await until(() => first.isClosed);
    expect(client.status()).toMatchObject({ state: way === 'stop' ? 'DISABLED' : 'DISCONNECTED' });
    expect(clock.pending).toBe(way === 'stop' ? 0 : 1);
    client.start();
    clock.advance(750);
    await until(isOpen);
    venue.connection.send('fresh');
    await until(() => seen.length > 1);
    expect(seen).toEqual(['first', 'fresh']);
    expect(turns).toEqual(['OPEN', 'CLOSE', 'OPEN']);
    expect(client.status().lastFailure).toBe(way === 'stop' ? null : 'enough');
  });
});
