import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRedisTier } from '../../src/cache/tiers/redis-tier.ts';
import { decodeBars, encodeBars } from '../../src/cache/tiers/series-encoding.ts';
import { RedisConnection, type RedisConnectionOptions, RedisRefusal } from '../../src/transport/redis-connection.ts';
import { freePort } from '../support/free-port.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { describeOnRedis } from '../support/redis.ts';
import { findRedisServer, startRedis } from '../support/redis-server.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';

const opened: RedisConnection[] = [];
const WAIT = { timeout: 10_000, interval: 10 };

afterEach(() => {
  for (const connection of opened.splice(0)) connection.close();
});

/** A connection on a clock that stands still: nothing is late unless a test says so. */
function connect(url: string, overrides: Partial<RedisConnectionOptions> = {}) {
  const clock = new ManualClock();
  const faults: string[] = [];
  const onFault = ({ message }: Error): void => void faults.push(message);
  const connection = new RedisConnection({ url, clock, random: () => 0, onFault, ...overrides });
  opened.push(connection);
  const ping = (): Promise<string | undefined> => connection.reach((client) => client.ping());
  /** Lets rests pass until it answers. */
  const answers = (): Promise<void> =>
    vi.waitFor(async () => {
      clock.advance(500);
      expect(await ping()).toBe('PONG');
    }, WAIT);
  return { connection, clock, faults, ping, answers };
}

/** What a call comes to when its time is up, once it waits for that. */
async function late<Value>(clock: ManualClock, call: Promise<Value>): Promise<Value> {
  await vi.waitFor(() => expect(clock.pending).toBeGreaterThan(0), WAIT);
  clock.advance(250);
  return call;
}

describeOnRedis('a connection to Redis', (redis) => {
  it('is made when it is first used, and used by all', async () => {
    const { connection, ping, faults } = connect(redis().server.url);
    expect(await Promise.all([ping(), ping(), connection.status()])).toEqual(['PONG', 'PONG', 'ok']);
    const clients = String(await redis().admin.client('LIST'));
    expect(clients.match(/name=deskgraph/g)).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  it('may be made ahead of that', async () => {
    const { server, admin } = redis();
    const { connection, ping, faults } = connect(server.url);
    await connection.open();
    await connection.open();
    expect(String(await admin.client('LIST')).match(/name=deskgraph/g)).toHaveLength(1);
    expect(await ping()).toBe('PONG');
    expect(faults).toEqual([]);
    connection.close();
    await connection.open();
    const nowhere = connect(`redis://127.0.0.1:${await freePort()}`);
    await nowhere.connection.open();
    expect(nowhere.faults).toHaveLength(1);
  });

  it('goes to the database that its address names', async () => {
    const { connection } = connect(`${redis().server.url}/3`);
    await connection.reach((client) => client.set('key', 'value'));
    expect(await redis().admin.exists('key')).toBe(0);
    const info = String(await redis().admin.info('keyspace'));
    expect(info).toContain('db3:keys=1');
  });

  it('is away where its address names a database that is not there', async () => {
    const { ping, faults } = connect(`${redis().server.url}/99`);
    expect(await ping()).toBeUndefined();
    expect(faults).toEqual(['Redis is away: ERR DB index is out of range']);
  });

  it('keeps one caller waiting while Redis is frozen, and tells it once', async () => {
    const { server, admin } = redis();
    const { connection, clock, faults, ping, answers } = connect(server.url);
    await ping();
    server.freeze();
    expect(await late(clock, ping())).toBeUndefined();
    // The clock stands still: these do not wait.
    expect(await Promise.all([ping(), ping(), connection.status()])).toEqual([undefined, undefined, 'unavailable']);
    // Those whose question starts an attempt do not either.
    for (let attempts = 0; attempts < 5; attempts++) {
      clock.advance(30_000);
      expect(await ping()).toBeUndefined();
    }
    expect(faults).toEqual(['Redis is away: received no answer within 250 ms']);
    server.thaw();
    await answers();
    expect(await connection.status()).toBe('ok');
    // The connection on which it did not answer is gone.
    await vi.waitFor(async () => {
      expect(String(await admin.client('LIST')).match(/name=deskgraph/g)).toHaveLength(1);
    }, WAIT);
    // The next time is told again.
    server.freeze();
    expect(await late(clock, ping())).toBeUndefined();
    expect(faults).toHaveLength(2);
    server.thaw();
  });

  it('does a few things at once, and the others as soon as those are done', async () => {
    const { connection } = connect(redis().server.url);
    let [underWay, most] = [0, 0];
    const ask = (): Promise<string | undefined> =>
      connection.reach(async (client) => {
        most = Math.max(most, ++underWay);
        return client.ping().finally(() => underWay--);
      });
    const answers = await Promise.all(Array.from({ length: 100 }, ask));
    expect(new Set(answers)).toEqual(new Set(['PONG']));
    expect(most).toBe(8);
  });

  it('keeps those who ask at once waiting together', async () => {
    const { server } = redis();
    const { clock, faults, ping } = connect(server.url);
    await ping();
    server.freeze();
    const calls = Array.from({ length: 100 }, ping);
    expect(new Set(await late(clock, Promise.all(calls)))).toEqual(new Set([undefined]));
    expect(faults).toHaveLength(1);
    server.thaw();
  });

  it('keeps the first caller waiting no longer where Redis is frozen from the start', async () => {
    const { server } = redis();
    server.freeze();
    const { clock, faults, ping, answers } = connect(server.url);
    expect(await late(clock, ping())).toBeUndefined();
    expect(await ping()).toBeUndefined();
    expect(faults).toHaveLength(1);
    server.thaw();
    await answers();
  });

  it('takes an answer that came while this process was busy for one in time', async () => {
    const { server } = redis();
    const { clock, ping, faults } = connect(server.url);
    await ping();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    // Where timers run: what has come meanwhile is read after them.
    setTimeout(async () => {
      const call = ping();
      while (clock.pending === 0) await undefined;
      // When another has its answer, ours is there.
      execFileSync('redis-cli', ['-p', String(server.port), 'ping']);
      clock.advance(250);
      resolve(call);
    });
    expect(await promise).toBe('PONG');
    expect(faults).toEqual([]);
  });

  it('is there again after Redis was killed and has come back, whatever was under way', async () => {
    const { server, admin } = redis();
    const { connection, faults, ping, answers } = connect(server.url);
    await connection.reach((client) => client.set('key', 'value'));
    const waiting = connection.reach((client) => client.blpop('none', 0));
    await vi.waitFor(async () => expect(String(await admin.client('LIST'))).toContain('cmd=blpop'), WAIT);
    await server.kill();
    expect(await waiting).toBeUndefined();
    expect(await ping()).toBeUndefined();
    expect(faults).toEqual(['Redis is away: Connection is closed.']);
    await server.start();
    await answers();
    expect(await connection.reach((client) => client.get('key'))).toBeNull();
  });

  it('notices at once that Redis has come back since it was used last', async () => {
    const { server } = redis();
    const { ping, faults } = connect(server.url);
    await ping();
    await server.kill();
    await server.start();
    await vi.waitFor(async () => expect(await ping()).toBe('PONG'), WAIT);
    expect(faults).toEqual([]);
  });

  it('passes on what Redis refuses, without the command', async () => {
    const { connection, faults } = connect(redis().server.url);
    await redis().admin.set('text', 'secret value');
    const refused = await connection.reach((client) => client.lpush('text', 'secret')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RedisRefusal);
    expect(String(refused)).toBe('RedisRefusal: WRONGTYPE Operation against a key holding the wrong kind of value');
    expect(JSON.stringify({ ...(refused as object), cause: (refused as Error).cause })).not.toContain('secret');
    expect(await connection.status()).toBe('ok');
    expect(faults).toEqual([]);
  });

  it('ends at once when it is closed, also while Redis is frozen', async () => {
    const { server } = redis();
    const { connection, ping, faults } = connect(server.url);
    await ping();
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    server.freeze();
    const waiting = ping();
    connection.close();
    expect(await waiting).toBeUndefined();
    // ioredis' own way takes two seconds.
    await vi.waitFor(() => expect(sockets()).toBeLessThan(before), { ...WAIT, timeout: 1900 });
    expect(await ping()).toBeUndefined();
    expect(await connection.status()).toBe('unavailable');
    expect(faults).toEqual([]);
    server.thaw();
  });

  it('ends at once when it is closed while it is made', async () => {
    const { server } = redis();
    server.freeze();
    const { connection, ping, faults } = connect(server.url);
    const waiting = ping();
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).toContain('TCPSocketWrap'), WAIT);
    connection.close();
    expect(await waiting).toBeUndefined();
    expect(faults).toEqual([]);
    server.thaw();
  });
});

describeOnRedis('a connection to Redis with a password', () => {
  const PASSWORD = 'hunter2 %41/@:';

  it('gives the password that its address has, and never shows it', async () => {
    await using server = await startRedis(findRedisServer() ?? '', ['--requirepass', PASSWORD]);
    const address = (password: string): string => server.url.replace('//', `//:${encodeURIComponent(password)}@`);
    const right = connect(address(PASSWORD));
    expect(await right.ping()).toBe('PONG');
    expect(await connect(address(PASSWORD).replace('//:', '//default:')).ping()).toBe('PONG');
    const [wrong, none] = [connect(address('wrong hunter3')), connect(server.url)];
    for (const { ping, connection } of [wrong, none]) {
      expect(await ping()).toBeUndefined();
      expect(await connection.status()).toBe('unavailable');
    }
    expect(wrong.faults).toEqual(['Redis is away: WRONGPASS invalid username-password pair or user is disabled.']);
    expect(none.faults).toEqual(['Redis is away: NOAUTH Authentication required.']);
  });
});

describe('a connection to what is no Redis', () => {
  it.each([
    [
      'speaks another language',
      (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /^Redis is away: Protocol error, got "H" as reply type byte/,
    ],
    [
      'hangs up',
      (socket: Socket) => void socket.destroy(),
      /^Redis is away: (Connection is closed\.|read ECONNRESET|write EPIPE)$/,
    ],
    [
      'repeats what it is told',
      (socket: Socket) =>
        void socket.on('data', () => socket.write("-ERR unknown 'AUTH' 'p%ss/wörd' 'p%25ss%2Fw%C3%B6rd'\r\n")),
      /^Redis is away: ERR unknown 'AUTH' '\(hidden\)' '\(hidden\)'$/,
    ],
    [
      'nests lists without end',
      (socket: Socket) => void socket.write('*1\r\n'.repeat(200_000)),
      /^Redis is away: received a list in a list in a list, wanted a reply of Redis$/,
    ],
    [
      'announces a list longer than any',
      (socket: Socket) => void socket.write('*99999999999\r\n'),
      /^Redis is away: received a list of 99999999999, wanted at most 100000$/,
    ],
    [
      'announces more bytes than any entry has',
      (socket: Socket) => void socket.write('$1073741824\r\n'),
      /^Redis is away: received a reply of 1073741824 bytes, wanted at most 67108864$/,
    ],
    [
      'never ends its line',
      (socket: Socket) => void socket.write(`+${'x'.repeat(200_000)}`),
      /^Redis is away: received a line of more than 65536 characters, wanted a reply of Redis$/,
    ],
  ])('is away where it %s', async (_, answer, told) => {
    await using server = await startServer(createServer((socket) => answer(socket.on('error', () => {}))));
    const { ping, faults } = connect(`redis://:p%25ss%2Fw%C3%B6rd@127.0.0.1:${server.port}`);
    expect(await ping()).toBeUndefined();
    expect(await ping()).toBeUndefined();
    expect(faults).toEqual([expect.stringMatching(told)]);
  });

  it('is away where nobody listens, which is told once however often it is tried', async () => {
    const port = await freePort();
    const { connection, clock, ping, faults } = connect(`redis://127.0.0.1:${port}`);
    expect(await ping()).toBeUndefined();
    for (let attempts = 0; attempts < 3; attempts++) {
      clock.advance(30_000);
      await connection.open();
      expect(await ping()).toBeUndefined();
    }
    expect(faults).toEqual([`Redis is away: connect ECONNREFUSED 127.0.0.1:${port}`]);
  });

  it('is tried again at once when the clock is set back', async () => {
    let isUp = false;
    await using server = await startServer(
      createServer((socket) => {
        const answer = (asked: Buffer) => socket.write('+PONG\r\n'.repeat(commandsIn(asked)));
        if (isUp) socket.on('data', answer);
        else socket.destroy();
      }),
    );
    const { clock, ping } = connect(`redis://127.0.0.1:${server.port}`);
    const rightTime = clock.now();
    clock.set(rightTime + 365 * 24 * 3_600_000);
    expect(await ping()).toBeUndefined();
    isUp = true;
    clock.set(rightTime);
    await vi.waitFor(async () => expect(await ping()).toBe('PONG'), WAIT);
  });

  it('is away where rediss:// leads to a certificate that nobody vouches for', async () => {
    await using server = await startServer(createTlsServer(SELF_SIGNED));
    const { ping, faults } = connect(`rediss://127.0.0.1:${server.port}`);
    expect(await ping()).toBeUndefined();
    expect(faults).toEqual([expect.stringMatching(/^Redis is away: self-signed certificate/)]);
  });
});

describe('a tier over what is no Redis', () => {
  it('ends to clear keys of which there is no end, and tells it', { timeout: 30_000 }, async () => {
    const page = '*2\r\n$1\r\n7\r\n*0\r\n';
    await using server = await startServer(
      createServer((socket) => {
        const answer = (asked: Buffer) =>
          /scan/i.test(asked.toString()) ? page : '+PONG\r\n'.repeat(commandsIn(asked));
        socket.on('error', () => {}).on('data', (asked) => void socket.write(answer(asked)));
      }),
    );
    const { connection, clock, faults } = connect(`redis://127.0.0.1:${server.port}`);
    await connection.open();
    const onFault = ({ message }: Error): void => void faults.push(message);
    const tier = createRedisTier({ connection, kind: 'bars', encode: encodeBars, decode: decodeBars, clock, onFault });
    await tier.clear();
    expect(faults).toEqual([
      'cannot write cached bars in Redis: received more than 20000 pages of keys, wanted an end of them',
    ]);
  });
});

/** Of ioredis, which writes each as a list. */
const commandsIn = (asked: Buffer): number => asked.toString().match(/^\*/gm)?.length ?? 0;

async function startServer(server: Server): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has this form of an address.
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port, [Symbol.asyncDispose]: close };
}
