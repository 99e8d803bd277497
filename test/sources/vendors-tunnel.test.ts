import { expect, it } from 'vitest';
import type { VendorConfig } from '../../src/sources/vendors.ts';
import { trustFingerprint } from '../../src/transport/host-key.ts';
import { SshTunnel } from '../../src/transport/ssh-tunnel.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { describeWithSshd, startSshd } from '../support/sshd.ts';
import { answering, openVendorDesk, recorded } from '../support/vendor-desk.ts';

const throughTunnel = (url: string): VendorConfig => ({ vendor: 'yahoo', urls: { chart: url }, proxy: 'tunnel' });

describeWithSshd('a vendor behind an SSH tunnel', () => {
  it('is asked through it, is not to blame while it is down, and is asked again as soon as it is up', async () => {
    await using sshd = await startSshd();
    const clock = new ManualClock();
    const told: string[] = [];
    const tunnel = new SshTunnel({
      login: sshd.login,
      trust: () => trustFingerprint(sshd.fingerprint()),
      clock,
      random: () => 1,
      onChange: ({ state }) => told.push(state),
    });
    await using _closed = { [Symbol.asyncDispose]: () => tunnel.close() };
    const reply = recorded('yahoo', 'chart-AAPL-split');
    await using desk = await openVendorDesk(
      throughTunnel,
      answering(() => reply),
      { openTunnel: tunnel.open },
    );
    const load = () => desk.load((source, signal) => source.loadBars('AAPL', signal));
    const { columns } = await load();
    expect(columns.day.length).toBeGreaterThan(10);

    await sshd.kill();
    // Until nobody waits for the next attempt any more.
    await until(() => told.at(-1) === 'DOWN');
    while ((clock.untilNext ?? 0) <= 5000) {
      const attempts = told.length;
      clock.advance(clock.untilNext ?? 0);
      // While an attempt is under way the next timer is its own.
      await until(() => told.length > attempts);
    }
    for (let count = 0; count < 10; count += 1) {
      const error = await desk.fail((source, signal) => source.loadBars('AAPL', signal));
      expect([error.code, error.message]).toEqual(['UPSTREAM_UNAVAILABLE', 'yahoo: the SSH tunnel is down']);
    }
    expect(desk.source.hosts()).toMatchObject([{ failures: 0, restsUntil: null }]);

    await sshd.restart();
    clock.advance(clock.untilNext ?? 0);
    await until(() => tunnel.status().state === 'UP');
    expect((await load()).columns).toEqual(columns);
    expect(desk.server.seen).toHaveLength(2);
  });
});
