import { describe, expect, it } from 'vitest';
import { locateSocket, type SocketLocatorOptions, trusted } from '../../src/exchanges/socket-locator.ts';
import type { SocketAdmission } from '../../src/exchanges/venue.ts';
import { RestShare } from '../../src/transport/rest-share.ts';
import { type Answering, startHttpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { scriptedMarketVenue } from '../support/scripted-venue-market.ts';
import { FRAME_HEARTBEAT } from '../transport/watched-client.ts';
import { watchGateway } from './watched-gateway.ts';

const ADMISSION: SocketAdmission = {
  ...{ method: 'POST', url: 'http://127.0.0.1:9', target: '/token' },
  read: (text, id) => ({ url: `${text}?token=secret&id=${id}` }),
};

/** What an answer of the server comes to, once or again and again. */
async function locating(answer: Answering, options: Partial<SocketLocatorOptions> = {}) {
  const server = await startHttpServer(answer);
  const clock = new ManualClock();
  const restShare = new RestShare({ clock });
  const locate = () =>
    locateSocket(
      {
        ...{ admission: ADMISSION, heartbeat: FRAME_HEARTBEAT, restUrl: server.url, socketUrl: undefined },
        ...{ proxy: undefined, clock, restShare, rules: {}, id: 'a', ...options },
      },
      new AbortController().signal,
    );
  const close = async (): Promise<void> => {
    restShare.bans.close();
    expect(clock.pending).toBe(0);
    await server[Symbol.asyncDispose]();
  };
  return { server, locate, [Symbol.asyncDispose]: close };
}

describe('where a venue says that its socket is', () => {
  it('is connected to, at another place if one is configured', async () => {
    await using there = await locating((_request, response) => response.end('ws://127.0.0.1:7/endpoint'));
    expect((await there.locate()).url).toBe('ws://127.0.0.1:7/endpoint?token=secret&id=a');
    await using elsewhere = await locating((_request, response) => response.end('wss://far.away/endpoint'), {
      socketUrl: 'ws://127.0.0.1:8/here',
    });
    expect((await elsewhere.locate()).url).toBe('ws://127.0.0.1:8/here?token=secret&id=a');
  });

  it('has TLS when the answer had it', () => {
    expect(trusted('wss://a/x', 'https://b')).toBe('wss://a/x');
    expect(trusted('ws://127.0.0.1/x', 'http://127.0.0.1')).toBe('ws://127.0.0.1/x');
    for (const address of ['ws://a/x', 'WS://a/x'])
      expect(() => trusted(address, 'https://b')).toThrow('wanted wss://');
  });

  it('is asked for again no earlier than the venue says', async () => {
    await using limited = await locating((_request, response) =>
      response.writeHead(429, { 'retry-after': '90' }).end(),
    );
    await expect(limited.locate()).rejects.toMatchObject({
      ...{ message: 'received HTTP 429 for "/token", wanted an address', retryAfterMs: 90_000 },
    });
  });

  it('is not asked for while the venue answers nobody here', async () => {
    await using banning = await locating((_request, response) => response.writeHead(418).end());
    await expect(banning.locate()).rejects.toThrow('received HTTP 418');
    await expect(banning.locate()).rejects.toThrow('the venue answers nobody here until');
    expect(banning.server.seen).toHaveLength(1);
  });

  it('is asked for no more when the gateway is stopped meanwhile, which leaves no timer behind', async () => {
    await using silent = await startHttpServer(() => {});
    const scripted = scriptedMarketVenue('ws://127.0.0.1:9');
    const venue = { ...scripted, sockets: scripted.sockets.map((each) => ({ ...each, admission: ADMISSION })) };
    const { gateway, clock } = watchGateway('ws://127.0.0.1:9', { venue, urls: { rest: silent.url } });
    gateway.start();
    await until(() => silent.seen.length === 1);
    await gateway.stop();
    expect(clock.pending).toBe(0);
    await until(() => silent.sockets.size === 0);
  });
});
