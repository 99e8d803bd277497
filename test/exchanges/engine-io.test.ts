import { describe, expect, it } from 'vitest';
import { startScriptedVenue, until } from '../support/scripted-venue.ts';
import { engineIoVenue } from './engine-io-venue.ts';
import { watchGateway } from './watched-gateway.ts';

describe('a gateway to a venue of Socket.IO', () => {
  it('opens the transport, enters the namespace, and only then joins rooms', async () => {
    const server = await startScriptedVenue();
    const options = { venue: engineIoVenue(server.url), symbols: ['btc_jpy'], channels: ['ticks'] as const };
    const { gateway, untilState } = watchGateway('', options);
    gateway.start();
    await until(() => server.connections.length === 1);
    server.connection.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":60000}');
    await until(() => server.connection.texts.length === 1);
    expect(server.connection.texts).toEqual(['40']);
    server.connection.send('40{"sid":"b"}');
    await until(() => server.connection.texts.length === 2);
    expect(server.connection.texts).toEqual(['40', '42["join-room","ticker_btc_jpy"]']);
    server.connection.send('42["message",{"room_name":"ticker_btc_jpy","message":{"data":{}}}]');
    await untilState('CONNECTED');
    server.connection.send('2');
    await until(() => server.connection.texts.length === 3);
    expect(server.connection.texts.at(-1)).toBe('3');
    await gateway.stop();
    await server.close();
  });
});
