import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { LEGACY_VENUE_NAMES, legacyVenue } from '../../src/domain/legacy-venues.ts';
import { writeAdmission } from '../../src/exchanges/kucoin/dialect.ts';
import { findVenue } from '../../src/exchanges/venues.ts';
import { legacyHeartbeat } from '../../src/transport/legacy-heartbeat.ts';
import { problemsIn } from '../support/config-problems.ts';
import { startHttpServer } from '../support/http-server.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { LEGACY_PING_OPTIONS, LEGACY_PING_TEXTS, LEGACY_SILENT } from '../transport/legacy-pings.ts';
import { watchClient } from '../transport/watched-client.ts';
import { engineIoVenue } from './engine-io-venue.ts';
import { PING, recordedFrames } from './htx/htx-frames.ts';
import { WELCOME } from './kucoin/kucoin-frames.ts';
import { watchGateway } from './watched-gateway.ts';

// What a desk was promised of single venues, those of its old gateways among them. The numbers are those of the list that
// it was given, whose other lines are in the files beside this one: acceptance-sockets, -requests and -contracts.

let venue: ScriptedVenue;
let running: (() => Promise<void>)[];

beforeEach(async () => {
  venue = await startScriptedVenue();
  running = [];
});

afterEach(async () => {
  for (const stop of running) await stop();
  await venue.close();
});

function ours(name: string) {
  const found = findVenue(name);
  if (found === undefined) throw new Error(`received ${name}, wanted a venue that there is`);
  return found;
}

describe('the acceptance list of the exchange bus: venues', () => {
  it('1: each of the nineteen names of old gateways has a standing: what it is called here, since when it is gone, or why not', () => {
    expect(LEGACY_VENUE_NAMES).toHaveLength(19);
    for (const name of LEGACY_VENUE_NAMES) {
      const standing = legacyVenue(name);
      if (standing?.standing === 'OFFERED') expect(findVenue(standing.venue)?.name).toBe(standing.venue);
      else if (standing?.standing === 'DEFUNCT') expect(standing.since).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
      else expect(standing).toMatchObject({ standing: 'NOT_OFFERED', reason: expect.stringMatching(/\w/) });
    }
  });

  it('1: a gateway to a venue that is gone is refused with the reason and since when, before anything connects', () => {
    const gone = LEGACY_VENUE_NAMES.filter((name) => legacyVenue(name)?.standing === 'DEFUNCT');
    expect(gone).toEqual(['FCOIN', 'FMEX', 'LIQUID', 'FTX_SWAP', 'FTX_FUTURES']);
    for (const name of gone) {
      const readFile = () => `gateways: [{ name: a, venue: ${name} }]`;
      const environment = { DESKGRAPH_CONFIG: '/desk.yaml' };
      expect(problemsIn(() => loadConfig({ environment, readFile, cwd: '/desk' }))).toEqual([
        expect.stringMatching(
          new RegExp(
            `^gateways\\[0\\]\\.venue: received "${name}", wanted a venue that still exists: .+, since 20\\d\\d-`,
          ),
        ),
      ]);
    }
  });

  it('2: a mirror of an old venue gets the pings of 2020 over its socket, byte for byte', async () => {
    venue.onText = () => {};
    for (const [name, wanted] of Object.entries(LEGACY_PING_TEXTS)) {
      const ping = () => legacyHeartbeat(name, LEGACY_PING_OPTIONS)?.payload ?? 'none';
      const heartbeat = { kind: 'message', ping, isPong: () => false, intervalMs: 5_000, timeoutMs: 60_000 } as const;
      const { client, clock, isOpen } = watchClient({ url: venue.url, heartbeat });
      running.push(() => client.stop());
      client.start();
      await until(isOpen);
      clock.advance(5_000);
      const { connection } = venue;
      await until(() => connection.texts.length === 1);
      expect([name, connection.texts]).toEqual([name, [wanted]]);
    }
    for (const name of LEGACY_SILENT) expect(legacyHeartbeat(name, LEGACY_PING_OPTIONS)).toBeUndefined();
    expect(legacyHeartbeat('UPBIT', LEGACY_PING_OPTIONS)).toEqual({ frame: 'ping', payload: 'ping' });
    expect(Object.keys(LEGACY_PING_TEXTS).length + LEGACY_SILENT.length + 1).toBe(19);
  });

  it('9: the 60 recorded frames of HTX, packed with gzip, arrive as the recorded text', async () => {
    const { client, texts, isOpen } = watchClient({ url: venue.url });
    running.push(() => client.stop());
    client.start();
    await until(isOpen);
    const frames = recordedFrames();
    for (const { bytes } of frames) venue.connection.send(bytes);
    await until(() => texts.length === 60);
    expect(texts.map((text) => createHash('sha256').update(text).digest('hex'))).toEqual(
      frames.map(({ sha256 }) => sha256),
    );
  });

  it('9: a packed ping of HTX is answered with the same number within 50 ms', async () => {
    const desk = watchGateway('', { venue: ours('htx'), urls: { public: venue.url } });
    running.push(() => desk.gateway.stop());
    desk.gateway.start();
    await until(() => venue.connections.length === 1);
    const delays: number[] = [];
    for (const digit of [1, 2, 3, 4, 5]) {
      const sentAt = performance.now();
      venue.connection.send(gzipSync(PING.replace('643', `64${digit}`)));
      await until(() => venue.connection.texts.length === digit);
      delays.push(performance.now() - sentAt);
      expect(venue.connection.texts.at(-1)).toBe(`{"pong":161867807364${digit}}`);
    }
    // The machine may be busy with something else during one of them.
    expect(Math.min(...delays)).toBeLessThan(50);
  });

  it('10: a venue of Socket.IO, as Bitbank, is opened, its namespace entered, then rooms joined; and 2 is answered with 3', async () => {
    const desk = watchGateway('', { venue: engineIoVenue(venue.url), symbols: ['btc_jpy'], channels: ['ticks'] });
    running.push(() => desk.gateway.stop());
    desk.gateway.start();
    await until(() => venue.connections.length === 1);
    const { connection } = venue;
    const answerTo = async (text: string, count: number) => {
      connection.send(text);
      await until(() => connection.texts.length === count);
      return connection.texts.at(-1);
    };
    expect(await answerTo('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":60000}', 1)).toBe('40');
    expect(await answerTo('40{"sid":"b"}', 2)).toBe('42["join-room","ticker_btc_jpy"]');
    expect(await answerTo('2', 3)).toBe('3');
  });

  it('11: KuCoin is sent nothing before its welcome, then pinged at the pace that came with the token, which is asked for anew', async () => {
    const paces = [25_000, 40_000];
    await using rest = await startHttpServer((request, response) => {
      const count = rest.seen.indexOf(request);
      const admission = writeAdmission(venue.url, `token ${count}`);
      response.end(admission.replace('"pingInterval":18000', `"pingInterval":${paces[count]}`));
    });
    const desk = watchGateway('', { venue: ours('kucoin'), urls: { rest: rest.url } });
    const { clock } = desk;
    running.push(() => desk.gateway.stop());
    desk.gateway.start();
    for (const [count, pace] of paces.entries()) {
      await until(() => venue.connections.length === count + 1);
      const { connection } = venue;
      expect(new URL(connection.path, venue.url).searchParams.get('token')).toBe(`token ${count}`);
      // What had been sent unasked would have come before the answer to this.
      connection.ping('settle');
      await until(() => connection.pongs.includes('settle'));
      expect(connection.texts).toEqual([]);
      connection.send(WELCOME);
      await desk.untilState('CONNECTED');
      clock.advance(pace - 1);
      clock.advance(1);
      // Its id is the instant at which it was sent.
      await until(() => connection.texts.length === 1);
      expect(JSON.parse(connection.texts[0] ?? '')).toEqual({ id: String(clock.now()), type: 'ping' });
      connection.close(1001, 'going away');
      await desk.untilState('DISCONNECTED');
      desk.passDelay();
    }
  });
});
