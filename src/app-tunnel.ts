import { readFileSync } from 'node:fs';
import type { AppBase } from './app-base.ts';
import type { SshConfig } from './config-ssh.ts';
import type { ServerFacts } from './graphql/context.ts';
import type { HostKeyTrust } from './transport/host-key.ts';
import type { parsePrivateKey, SshKey } from './transport/ssh-key.ts';
import type { SshTunnel, TunnelStatus } from './transport/ssh-tunnel.ts';

/**
 * Opens the SSH tunnel, if there is to be one, and the local SOCKS5 proxy that leads through it. The host may be away: it
 * is reached when it is there. Throws an Error for a private key that cannot be read, and when the local port is taken.
 */
export async function openTunnel(base: AppBase): Promise<SshTunnel | undefined> {
  const { config, clock, opened } = base;
  const { ssh } = config;
  if (ssh === undefined) return undefined;
  // Loaded only where it is used.
  const [{ SshTunnel }, { parsePrivateKey }, hostKeys] = await Promise.all([
    import('./transport/ssh-tunnel.ts'),
    import('./transport/ssh-key.ts'),
    import('./transport/host-key.ts'),
  ]);
  const login = { host: ssh.host, port: ssh.port, username: ssh.username, key: keyOf(ssh, parsePrivateKey) };
  const trust = (): HostKeyTrust =>
    ssh.fingerprint === undefined
      ? hostKeys.trustKnownHosts(readKnownHosts(ssh), ssh)
      : hostKeys.trustFingerprint(ssh.fingerprint);
  const tunnel = new SshTunnel({ login, trust, clock, random: Math.random, onChange: changeLog(base) });
  opened.defer(() => tunnel.close());
  if (ssh.localPort !== undefined) {
    const { listenSocks5 } = await import('./transport/socks5-server.ts');
    const server = await listenSocks5({ port: ssh.localPort, open: tunnel.open, clock });
    opened.defer(() => server.close());
  }
  return tunnel;
}

/** A tunnel that is down leaves the server ready: other sources and cached series are still answered. */
export function tunnelStates(tunnel: SshTunnel | undefined): Record<string, string> {
  return tunnel === undefined ? {} : { tunnel: tunnel.status().state.toLowerCase() };
}

/** What `serverInfo` tells. */
export function tunnelFacts(tunnel: SshTunnel | undefined): Pick<ServerFacts, 'tunnel' | 'tunnelError'> {
  const reasonOf = ({ state, lastError }: TunnelStatus): string | null => (state === 'DOWN' ? lastError : null);
  return {
    tunnel: () => tunnel?.status().state ?? 'DISABLED',
    tunnelError: () => (tunnel === undefined ? null : reasonOf(tunnel.status())),
  };
}

/** An outage is one line, however many attempts it lasts; another reason is another one. */
function changeLog({ logger }: AppBase): (status: TunnelStatus) => void {
  let told: string | null = null;
  return ({ state, lastError: reason }) => {
    if (state === 'UP') logger.info({}, 'the SSH tunnel is up');
    else if (reason !== told) logger.warn({ reason }, 'the SSH tunnel is down');
    told = state === 'UP' ? null : reason;
  };
}

function keyOf({ privateKey, passphrase }: SshConfig, parse: typeof parsePrivateKey): SshKey {
  try {
    return parse(privateKey, passphrase);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`SSH_KEY_PATH: received a key that cannot be used (${reason})`);
  }
}

function readKnownHosts({ knownHostsPath }: SshConfig): string {
  try {
    return readFileSync(knownHostsPath, 'utf8');
  } catch {
    throw new Error('SSH_KNOWN_HOSTS cannot be read');
  }
}
