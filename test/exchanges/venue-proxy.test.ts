import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { end, listen } from '../support/http-server.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { quoteEvent, type ScriptedMarket, serveMarket } from '../support/scripted-venue-market.ts';
import { startConnectProxy, startSocks5Proxy } from '../support/test-proxies.ts';
import { watchGateway } from './watched-gateway.ts';

const CREDENTIALS = { user: 'desk', password: 'proxy-secret' };

let venue: ScriptedVenue;
let market: ScriptedMarket;

beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
});

afterEach(() => venue.close());

describe('a gateway behind a proxy', () => {
  it.each([
    ['http', startConnectProxy],
    ['socks5', startSocks5Proxy],
  ])('reaches its venue through %s alone, and shows no password', async (scheme, start) => {
    await using proxy = await start(CREDENTIALS);
    const url = `${scheme}://${CREDENTIALS.user}:${CREDENTIALS.password}@127.0.0.1:${proxy.port}`;
    const desk = watchGateway(new URL(venue.url).origin, { proxy: url, symbols: ['BTC'], channels: ['ticks'] });
    desk.gateway.start();
    await desk.untilState('CONNECTED');
    expect(proxy.targets).toEqual([new URL(venue.url).host]);
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    expect(JSON.stringify([desk.gateway.status(), desk.lines])).not.toContain(CREDENTIALS.password);
    await desk.gateway.stop();
    expect(desk.clock.pending).toBe(0);
  });

  it('waits when the proxy refuses it, and says so without its password', async () => {
    await using proxy = await startConnectProxy(CREDENTIALS);
    const url = `http://desk:wrong-secret@127.0.0.1:${proxy.port}`;
    const desk = watchGateway(new URL(venue.url).origin, { proxy: url, symbols: ['BTC'], channels: ['ticks'] });
    desk.gateway.start();
    await desk.untilState('DISCONNECTED');
    expect(desk.gateway.status().stateReason).toMatch(/^PUBLIC: .*407/);
    expect(JSON.stringify([desk.gateway.status(), desk.lines])).not.toContain('wrong-secret');
    expect(venue.attempts).toBe(0);
    await desk.gateway.stop();
    expect(desk.clock.pending).toBe(0);
  });

  it('leaves no connection to a proxy that says nothing when it is stopped', async () => {
    const sockets = new Set<Socket>();
    const proxy = createServer((socket) => void socket.on('error', () => {}).resume());
    const port = await listen(proxy, sockets);
    const desk = watchGateway(new URL(venue.url).origin, { proxy: `http://127.0.0.1:${port}` });
    desk.gateway.start();
    await until(() => sockets.size === 1);
    const startedAt = performance.now();
    await desk.gateway.stop();
    await until(() => sockets.size === 0);
    // Long before the time runs out that a proxy has.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(desk.clock.pending).toBe(0);
    await end(proxy, sockets);
  });
});
