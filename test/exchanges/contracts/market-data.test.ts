import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContractOptions } from '../../../src/exchanges/contracts/contract-verifier.ts';
import { createOkxContracts } from '../../../src/exchanges/okx/contracts.ts';
import type { BanRecord } from '../../../src/transport/rest-bans.ts';
import { RestShare } from '../../../src/transport/rest-share.ts';
import { type HttpServer, replying, startHttpServer } from '../../support/http-server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../../support/scripted-venue.ts';
import { scriptedMarketVenue } from '../../support/scripted-venue-market.ts';
import { watchGateway } from '../watched-gateway.ts';

const ROW = {
  ...{ instId: 'BTC-USDT', instType: 'SPOT', baseCcy: 'BTC', quoteCcy: 'USDT', tickSz: '0.1', lotSz: '0.001' },
  state: 'live',
};

describe('a gateway with market data alone', () => {
  let sockets: ScriptedVenue;
  let rest: HttpServer;
  const stored: Parameters<ContractOptions['records']['write']>[0][] = [];
  const contracts: ContractOptions = {
    ...{ policy: 'block', checkEveryMs: 60_000 },
    records: { read: async () => stored.at(-1), write: async (list) => void stored.push(list) },
  };
  beforeEach(async () => {
    stored.length = 0;
    sockets = await startScriptedVenue();
    rest = await startHttpServer(replying(JSON.stringify({ code: '0', msg: '', data: [ROW] })));
  });
  afterEach(async () => {
    await rest[Symbol.asyncDispose]();
    await sockets.close();
  });

  it('verifies the contracts of a venue that says what it lists, over a REST client of its own', async () => {
    const venue = { ...scriptedMarketVenue(sockets.url), contracts: createOkxContracts(rest.url) };
    const { gateway, untilState, statuses } = watchGateway(sockets.url, { venue, contracts });
    gateway.start();
    await untilState('CONNECTED');
    const { connections, contractReport } = gateway.status();
    expect(connections.map(({ kind, index, state }) => [kind, index, state])).toEqual([
      ['PUBLIC', 0, 'CONNECTED'],
      ['REST', 0, 'CONNECTED'],
    ]);
    expect(contractReport?.added).toEqual(['BTC-USDT']);
    expect(stored[0]?.contracts.map(({ symbol }) => symbol)).toEqual(['BTC-USDT']);
    expect(rest.seen.map(({ query }) => query.get('instType'))).toEqual(['SPOT', 'SWAP', 'FUTURES']);
    expect(statuses.at(-1)).toMatchObject({ state: 'CONNECTED', contractReport: { matching: 0 } });
    await gateway.stop();
    await until(() => rest.sockets.size === 0);
  });

  it('stops at once while a list is being fetched, and leaves no timer behind', async () => {
    await using silent = await startHttpServer(() => {});
    const venue = { ...scriptedMarketVenue(sockets.url), contracts: createOkxContracts(silent.url) };
    const { gateway, clock } = watchGateway(sockets.url, { venue, contracts });
    gateway.start();
    const asked = gateway.contracts?.check({ accept: true });
    asked?.catch(() => {});
    await until(() => silent.seen.length === 1);
    await gateway.stop();
    await expect(asked).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await until(() => silent.sockets.size === 0);
    expect(clock.pending).toBe(0);
    expect(stored).toEqual([]);
  });

  it('asks for nothing after a restart while the venue answers nobody here, and leaves no timer behind', async () => {
    await using banning = await startHttpServer((_request, response) => response.writeHead(418).end());
    const venue = { ...scriptedMarketVenue(sockets.url), contracts: createOkxContracts(banning.url) };
    const kept: BanRecord[] = [];
    const records = { bans: async () => kept, keepBan: async (ban: BanRecord) => void kept.push(ban) };
    for (const seen of [/HTTP 418/, /the venue answers nobody here until/]) {
      const clock = new ManualClock();
      const restShare = new RestShare({ clock, records });
      await restShare.bans.load();
      const { gateway } = watchGateway(sockets.url, { venue, contracts, clock, restShare });
      gateway.start();
      await until(() => seen.test(gateway.status().stateReason ?? ''));
      expect(banning.seen).toHaveLength(1);
      await gateway.stop();
      restShare.bans.close();
      expect(clock.pending).toBe(0);
    }
    const alone = watchGateway(sockets.url, { venue, contracts });
    alone.gateway.start();
    await until(() => alone.gateway.status().stateReason?.includes('HTTP 418') === true);
    await alone.gateway.stop();
    expect(alone.clock.pending).toBe(0);
  });

  it('whose venue never answers says so after its time, and asks again', async () => {
    await using silent = await startHttpServer(() => {});
    const venue = { ...scriptedMarketVenue(sockets.url), contracts: createOkxContracts(silent.url) };
    const { gateway, clock, untilState } = watchGateway(sockets.url, { venue, contracts });
    gateway.start();
    await until(() => silent.seen.length === 1 && gateway.status().connections[0]?.state === 'CONNECTED');
    expect(gateway.status()).toMatchObject({ state: 'CONNECTING', stateReason: null });
    clock.advance(30_000);
    await untilState('DEGRADED');
    expect(gateway.status().stateReason).toContain('received no whole answer within 30000 ms; no list was stored yet');
    clock.advance(30_000);
    await until(() => silent.seen.length === 2);
    await gateway.stop();
  });

  it('is as it is where the venue says nothing of contracts', async () => {
    const { gateway, untilState } = watchGateway(sockets.url, { contracts });
    gateway.start();
    await untilState('CONNECTED');
    expect(gateway.contracts).toBeUndefined();
    expect(gateway.status()).toMatchObject({ contractReport: null, connections: [{ kind: 'PUBLIC' }] });
    await gateway.stop();
  });
});
