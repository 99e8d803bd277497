import { expect, it } from 'vitest';
import { AccountConnection } from '../../../src/exchanges/account/account-connection.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startScriptedVenue, until } from '../../support/scripted-venue.ts';

it('an account subscribes once to a connection, however often the venue says that it is logged in', async () => {
  const venue = await startScriptedVenue();
  const account = findVenue('okx')?.account ?? expect.fail('OKX has accounts');
  const clock = new ManualClock();
  let ready = 0;
  const nothing = (): void => {};
  const connection = new AccountConnection({
    ...{ venueSocket: account.socket, url: venue.url, clock, random: () => 0.5, acknowledgeTimeoutMs: 5_000 },
    credentials: { apiKey: 'key', secret: 'secret', passphrase: 'phrase' },
    channels: ['orders'],
    venueNow: () => clock.now(),
    socket: {},
    ...{ onNews: nothing, onTrouble: nothing, onUnreadable: nothing, onFault: nothing, onLost: nothing },
    onChange: nothing,
    onReady: () => {
      ready += 1;
    },
  });
  connection.start();
  await until(() => venue.connections[0]?.texts.length === 1);
  for (let count = 0; count < 100; count += 1) venue.connections[0]?.send('{"event":"login","code":"0","msg":""}');
  venue.connections[0]?.send('{"event":"subscribe","arg":{"channel":"orders","instType":"ANY"}}');
  await until(() => ready === 1);
  venue.connections[0]?.send('{"event":"login","code":"0","msg":""}');
  venue.connections[0]?.ping('a pong comes behind all that was sent');
  await until(() => venue.connections[0]?.pongs.length === 1);
  expect(venue.connections[0]?.texts.map((text) => JSON.parse(text).op)).toEqual(['login', 'subscribe']);
  await connection.stop();
  expect(clock.pending).toBe(0);
  await venue.close();
});
