import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../../src/exchanges/kucoin/admission.ts';
import { ADMISSION, MATCH, PONG } from './kucoin-frames.ts';

const admission = createAdmission('https://api.kucoin.com');

function admissionWith(server: object, token: unknown = 'a'): string {
  const answer = JSON.parse(ADMISSION);
  answer.data = { token, instanceServers: [{ ...answer.data.instanceServers[0], ...server }] };
  return JSON.stringify(answer);
}

describe('the admission of KuCoin', () => {
  it('is asked for without a signature', () => {
    const { method, url, target } = admission;
    expect(`${method} ${url}${target}`).toBe('POST https://api.kucoin.com/api/v1/bullet-public');
  });

  it('is an address with the token and the id of the connection, and a heartbeat as the venue wants it', () => {
    const address = admission.read(ADMISSION, 'desk 7');
    const url = new URL(address?.url ?? '');
    expect(url.origin + url.pathname).toBe('wss://ws-api-spot.kucoin.com/');
    expect(url.searchParams.get('token')).toBe(JSON.parse(ADMISSION).data.token);
    expect(url.searchParams.get('connectId')).toBe('desk 7');
    expect(address?.heartbeat).toMatchObject({ kind: 'message', intervalMs: 50_000, timeoutMs: 10_000 });
  });

  it('brings pings whose id is a text, and knows their pongs', () => {
    const heartbeat = admission.read(ADMISSION, '1')?.heartbeat;
    if (heartbeat?.kind !== 'message') throw new Error('received another heartbeat');
    expect(heartbeat.ping(1_545_910_590_801, 1)).toBe('{"id":"1545910590801","type":"ping"}');
    expect([PONG, MATCH, '"pong"', '{"type":["pong"]}'].map(heartbeat.isPong)).toEqual([true, false, false, false]);
  });

  it.each([
    [{ pingInterval: undefined }, 18_000, 10_000],
    [{ pingInterval: 0 }, 18_000, 10_000],
    [{ pingInterval: '20000' }, 18_000, 10_000],
    [{ pingInterval: 1e9, pingTimeout: -1 }, 18_000, 10_000],
    [{ pingInterval: 20_000, pingTimeout: 5000 }, 20_000, 5000],
  ])('with %j has a ping each %d ms, to be answered within %d ms', (server, intervalMs, timeoutMs) => {
    expect(admission.read(admissionWith(server), '1')?.heartbeat).toMatchObject({ intervalMs, timeoutMs });
  });

  it('takes the first server that speaks WebSocket', () => {
    const answer = JSON.parse(ADMISSION);
    answer.data.instanceServers.unshift(null, { endpoint: 'wss://other.example/', protocol: 'socket.io' });
    expect(admission.read(JSON.stringify(answer), '1')?.url).toContain('wss://ws-api-spot.kucoin.com/?');
  });

  it.each([
    ['', 'nothing'],
    ['[]', 'a list'],
    ['{"code":"429000","msg":"Too Many Requests"}', 'an error of the venue'],
    ['{"code":"200000"}', 'no data'],
    ['{"code":"200000","data":{"token":"a","instanceServers":[]}}', 'no server'],
    ['{"code":"200000","data":{"token":"a","instanceServers":{}}}', 'no list of servers'],
    [admissionWith({}, ''), 'no token'],
    [admissionWith({}, 7), 'a token that is no text'],
    [admissionWith({ endpoint: 'https://ws-api-spot.kucoin.com/' }), 'an address of no socket'],
    [admissionWith({ endpoint: 'ws-api-spot.kucoin.com' }), 'a host alone'],
    [admissionWith({ endpoint: 7 }), 'a number'],
  ])('%s says no address: %s', (text) => {
    expect(admission.read(text, '1')).toBeUndefined();
  });
});
